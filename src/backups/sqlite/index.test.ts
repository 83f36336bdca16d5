import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sqliteBackup } from './index.ts'

const never = new AbortController().signal
const backup = sqliteBackup()
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-sqlite-'))
  await mkdir(join(dir, 'app'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const file = () => join(dir, 'app/app.db')

function setup(more: { optional?: boolean } = {}) {
  const config = backup.config.parse({ type: 'sqlite', path: file(), ...more })
  const ref = { component: 'app', data: { type: 'sqlite', path: file() }, dir: join(dir, 'backups/app/b1') }
  const restoreRef = { backup: ref, aside: join(dir, 'backups/app/aside') }
  return {
    ref,
    copy: join(ref.dir, 'data'),
    create: () => backup.create(config, { ref, version: null, run: null, signal: never }),
    verify: () => backup.verify(config, ref),
    restore: () => backup.restore(config, restoreRef, never),
    unrestore: () => backup.unrestore(config, restoreRef, never),
  }
}

function write(value: string, mode: 'wal' | 'delete' = 'delete'): void {
  using db = new DatabaseSync(file())
  db.exec(
    `PRAGMA journal_mode=${mode}; CREATE TABLE IF NOT EXISTS t(s); DELETE FROM t; INSERT INTO t VALUES ('${value}')`,
  )
}

function read(path = file()): unknown {
  using db = new DatabaseSync(path)
  return db.prepare('SELECT s FROM t').get()?.['s']
}

const writer = (mode: string) => `
const { DatabaseSync } = require('node:sqlite')
const db = new DatabaseSync(process.argv[1], { timeout: 60000 })
db.exec("PRAGMA journal_mode=${mode}; CREATE TABLE IF NOT EXISTS pairs(n INTEGER, s TEXT); CREATE TABLE IF NOT EXISTS filler(s TEXT)")
const fill = db.prepare('INSERT INTO filler VALUES (?)')
db.exec('BEGIN'); for (let i = 0; i < 20000; i++) fill.run('x'.repeat(500)); db.exec('COMMIT')
const put = db.prepare('INSERT INTO pairs VALUES (?, ?)')
let n = 0
const write = () => { n++; db.exec('BEGIN IMMEDIATE'); put.run(n, 'a'); put.run(-n, 'b'); db.exec('COMMIT'); if (n === 3) console.log('writing'); setTimeout(write, 5) }
write()`

test.each(['wal', 'delete'])(
  'when a program writes all the time (journal %s) then one whole state of it is saved, and the program is not harmed',
  async (mode) => {
    const program = spawn(process.execPath, ['-e', writer(mode), file()], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(program.stdout, 'data')
      const { create, verify, copy } = setup()
      const record = await create()
      expect(record).toMatchObject({ kind: 'sqlite', files: 1 })
      expect(await verify()).toEqual(record)
      expect(program.exitCode).toBeNull()
      using db = new DatabaseSync(copy, { readOnly: true })
      expect(
        db.prepare('SELECT count(*) > 0 AS some, total(n) AS sum, count(*) % 2 AS odd FROM pairs').get(),
      ).toMatchObject({ some: 1, sum: 0, odd: 0 })
    } finally {
      if (program.exitCode === null) {
        const ended = once(program, 'exit')
        program.kill('SIGKILL')
        await ended
      }
    }
  },
)

test('when a backup is made then nothing is left beside the copy', async () => {
  write('one', 'wal')
  const { create, verify, ref } = setup()
  await create()
  await verify()
  expect((await readdir(ref.dir)).toSorted()).toEqual(['backup.json', 'data'])
})

test('when a database is restored then its journal of before does not meet it, and mode and content are the saved ones', async () => {
  write('saved')
  await chmod(file(), 0o640)
  const { create, restore, unrestore } = setup()
  await create()
  await chmod(file(), 0o600)
  using live = new DatabaseSync(file())
  live.exec("PRAGMA journal_mode=WAL; UPDATE t SET s = 'newer, in the wal'")
  expect((await stat(`${file()}-wal`)).size).toBeGreaterThan(0)
  await restore()
  expect((await readdir(join(dir, 'app'))).toSorted()).toEqual(['app.db'])
  expect(read()).toBe('saved')
  expect((await stat(file())).mode & 0o777).toBe(0o640)
  await unrestore()
  live.close()
  expect(read()).toBe('newer, in the wal')
})

test('when a restore is done twice then the data of before is still aside', async () => {
  write('saved')
  const { create, restore } = setup()
  await create()
  write('newer')
  await restore()
  await restore()
  expect(read()).toBe('saved')
  expect(read(join(dir, 'backups/app/aside/data'))).toBe('newer')
})

test('when the original does not exist then a restore makes it, and undoing takes it away', async () => {
  write('saved')
  const { create, restore, unrestore } = setup()
  await create()
  await rm(file())
  await restore()
  expect(read()).toBe('saved')
  await unrestore()
  await expect(stat(file())).rejects.toThrow()
})

test('when there was no database then that stops the backup, unless it is optional: then a restore ends with none', async () => {
  await expect(setup().create()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_FAILED' } })
  const { create, verify, restore, unrestore } = setup({ optional: true })
  expect(await create()).toMatchObject({ files: 0 })
  await verify()
  write('made by the new version')
  await restore()
  await expect(stat(file())).rejects.toThrow()
  await unrestore()
  expect(read()).toBe('made by the new version')
})

test('when a file is no database, or a damaged one, then there is no backup of it', async () => {
  await writeFile(file(), 'x'.repeat(5000))
  await expect(setup().create()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_FAILED' } })
  await rm(file())
  write('a'.repeat(20_000))
  await using handle = await open(file(), 'r+')
  await handle.write(Buffer.alloc(3000, 0xff), 0, 3000, 4096)
  await expect(setup().create()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_FAILED' } })
  await expect(stat(setup().ref.dir)).rejects.toThrow()
})

test('when the saved copy is damaged then it is not restored', async () => {
  write('saved')
  const { create, restore, copy } = setup()
  await create()
  write('present')
  await using handle = await open(copy, 'r+')
  await handle.write(Buffer.from('X'), 0, 1, 5000)
  await expect(restore()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_UNREADABLE' } })
  expect(read()).toBe('present')
})

test('when a program was killed in the middle of a transaction then the state before it is saved', async () => {
  write('before')
  const code = `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(process.argv[1]); db.exec("PRAGMA cache_size=1; BEGIN; UPDATE t SET s='torn'; CREATE TABLE big(s)"); for (let i = 0; i < 500; i++) db.exec("INSERT INTO big VALUES ('" + 'x'.repeat(4000) + "')"); console.log('now'); setInterval(()=>{}, 1000)`
  const program = spawn(process.execPath, ['-e', code, file()], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(program.stdout, 'data')
  program.kill('SIGKILL')
  await once(program, 'exit')
  expect((await stat(`${file()}-journal`)).size).toBeGreaterThan(0)
  const { create, copy } = setup()
  await create()
  expect(read(copy)).toBe('before')
})
