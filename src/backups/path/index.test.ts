import { createServer } from 'node:net'
import { once } from 'node:events'
import {
  chmod,
  chown,
  lutimes,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pathBackup } from './index.ts'
import { pathBackupSchema } from './schema.ts'

const never = new AbortController().signal
const backup = pathBackup()
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-path-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const at = (name: string) => join(dir, name)

async function plant(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(at(name)), { recursive: true })
    await writeFile(at(name), text)
  }
}

function setup(path: string, more: Record<string, unknown> = {}, id = 'b1') {
  const spec = { type: 'path' as const, path: at(path), ...more }
  const config = backup.config.parse(spec)
  const ref = { component: 'app', data: { type: 'path', path: at(path) }, dir: at(`backups/app/${id}`) }
  const restoreRef = { backup: ref, aside: at('backups/app/aside') }
  return {
    config,
    ref,
    create: () => backup.create(config, { ref, version: '1.0.0', run: 'r-12345678', signal: never }),
    verify: () => backup.verify(config, ref),
    restore: () => backup.restore(config, restoreRef, never),
    unrestore: () => backup.unrestore(config, restoreRef, never),
  }
}

async function tree(path: string): Promise<readonly string[]> {
  return (await readdir(path, { recursive: true })).toSorted()
}

test('when a folder is saved and restored then content, modes, times and links are as they were', async () => {
  await plant({ 'data/a/file': 'one', 'data/run.sh': '#!/bin/sh', 'data/.hidden': 'h' })
  await chmod(at('data/run.sh'), 0o750)
  await chmod(at('data/a'), 0o2770)
  await symlink('a/file', at('data/link'))
  const then = new Date('2020-02-02T02:02:02Z')
  for (const name of ['data/a/file', 'data/a', 'data']) await utimes(at(name), then, then)
  await lutimes(at('data/link'), then, then)
  const { create, verify, restore } = setup('data')
  const record = await create()
  expect(record).toMatchObject({
    v: 1,
    kind: 'path',
    source: at('data'),
    version: '1.0.0',
    run: 'r-12345678',
    left: [],
  })
  expect(record.bytes).toBe(13)
  expect(await verify()).toEqual(record)
  await rm(at('data'), { recursive: true })
  await plant({ 'data/a/file': 'two' })
  await restore()
  expect(await readFile(at('data/a/file'), 'utf8')).toBe('one')
  expect(await readlink(at('data/link'))).toBe('a/file')
  expect((await stat(at('data/run.sh'))).mode & 0o7777).toBe(0o750)
  expect((await stat(at('data/a'))).mode & 0o7777).toBe(0o2770)
  for (const name of ['data/a/file', 'data/a', 'data']) expect((await stat(at(name))).mtime).toEqual(then)
})

test('D1: when a folder is restored then it never spills into its parent', async () => {
  await plant({ 'opt/core/app.py': 'v1', 'opt/core/sub/x': 'x', 'opt/neighbour': 'n' })
  const { create, restore } = setup('opt/core')
  await create()
  await plant({ 'opt/core/app.py': 'v2', 'opt/core/added': 'by the update' })
  await restore()
  expect(await tree(at('opt'))).toEqual(['core', 'core/app.py', 'core/sub', 'core/sub/x', 'neighbour'])
  expect(await readFile(at('opt/core/app.py'), 'utf8')).toBe('v1')
})

test('C4: when data is restored then it is exactly where it came from, not where a prefix was guessed', async () => {
  await plant({ 'app/uploads/2024/a.pdf': 'pdf' })
  const { create, restore } = setup('app/uploads')
  await create()
  await rm(at('app/uploads'), { recursive: true })
  await restore()
  expect(await tree(at('app'))).toEqual(['uploads', 'uploads/2024', 'uploads/2024/a.pdf'])
})

test('C4: when a folder holds a live SQLite database then it is not copied by file', async () => {
  await plant({ 'data/x': 'x' })
  using live = new DatabaseSync(at('data/app.db'))
  live.exec("PRAGMA journal_mode=WAL; CREATE TABLE t(s); INSERT INTO t VALUES ('in the wal')")
  expect((await stat(at('data/app.db-wal'))).size).toBeGreaterThan(0)
  const { create, ref } = setup('data')
  await create()
  expect(await tree(join(ref.dir, 'data'))).toEqual(['app.db', 'x'])
  using copy = new DatabaseSync(join(ref.dir, 'data/app.db'))
  expect(copy.prepare('SELECT s FROM t').get()?.['s']).toBe('in the wal')
})

test('W5: when patterns exclude a name then they are compared by segment, never as part of a name', async () => {
  await plant({
    'data/templates/a.html': 'a',
    'data/temp/junk': 'j',
    'data/.gitignore': 'g',
    'data/.git/config': 'c',
    'data/x/temp/y': 'y',
  })
  const { create, ref } = setup('data', { exclude: ['temp', '.git'] })
  await create()
  expect(await tree(join(ref.dir, 'data'))).toEqual([
    '.gitignore',
    'templates',
    'templates/a.html',
    'x',
    'x/temp',
    'x/temp/y',
  ])
})

test('W5: when the folder itself lies below a folder of an excluded name then it is saved all the same', async () => {
  await plant({ 'tmp/temp/data/a': 'a' })
  const { create, ref } = setup('tmp/temp/data', { exclude: ['tmp', 'temp'] })
  await create()
  expect(await tree(join(ref.dir, 'data'))).toEqual(['a'])
})

test('when include names a part then only that is saved, and restoring leaves the rest as it is now', async () => {
  await plant({ 'data/conf/a': 'a1', 'data/media/film': 'f1', 'data/top': 't1' })
  const { create, restore, ref, unrestore } = setup('data', { include: ['conf/**'], exclude: ['conf/cache'] })
  await plant({ 'data/conf/cache/c': 'c1' })
  await create()
  expect(await tree(join(ref.dir, 'data'))).toEqual(['conf', 'conf/a'])
  await plant({
    'data/conf/a': 'a2',
    'data/conf/new': 'n2',
    'data/media/film': 'f2',
    'data/media/film2': 'g2',
    'data/conf/cache/c': 'c2',
  })
  await chmod(at('data/media'), 0o750)
  await restore()
  expect(await tree(at('data'))).toEqual([
    'conf',
    'conf/a',
    'conf/cache',
    'conf/cache/c',
    'media',
    'media/film',
    'media/film2',
    'top',
  ])
  expect(await readFile(at('data/conf/a'), 'utf8')).toBe('a1')
  expect(await readFile(at('data/media/film'), 'utf8')).toBe('f2')
  expect(await readFile(at('data/conf/cache/c'), 'utf8')).toBe('c2')
  expect((await stat(at('data/media'))).mode & 0o777).toBe(0o750)
  await unrestore()
  expect(await readFile(at('data/conf/new'), 'utf8')).toBe('n2')
})

test('C3: when the backup would lie in the folder that it saves then it is refused, and nothing is made', async () => {
  await plant({ 'data/a': 'a' })
  const config = pathBackupSchema.parse({ type: 'path', path: at('data') })
  const ref = { component: 'app', data: { type: 'path' }, dir: at('data/backups/app/b1') }
  const creating = backup.create(config, { ref, version: null, run: null, signal: never })
  await expect(creating).rejects.toMatchObject({ problem: { code: 'E_BACKUP_FAILED' } })
  expect(await tree(at('data'))).toEqual(['a'])
})

test('when a file is saved then it is restored with its mode, and its folder is untouched', async () => {
  await plant({ 'etc/app.conf': 'one', 'etc/other': 'o' })
  await chmod(at('etc/app.conf'), 0o640)
  const { create, restore } = setup('etc/app.conf')
  expect(await create()).toMatchObject({ files: 1, bytes: 3 })
  await plant({ 'etc/app.conf': 'two' })
  await chmod(at('etc/app.conf'), 0o600)
  await restore()
  expect(await readFile(at('etc/app.conf'), 'utf8')).toBe('one')
  expect((await stat(at('etc/app.conf'))).mode & 0o777).toBe(0o640)
  expect(await tree(at('etc'))).toEqual(['app.conf', 'other'])
})

test('when the path is a link then what it leads to is saved and restored, and the link stays', async () => {
  await plant({ 'disk/data/a': '1' })
  await symlink('disk/data', at('data'))
  const { create, restore, unrestore } = setup('data')
  await create()
  await plant({ 'disk/data/a': '2' })
  await restore()
  expect(await readlink(at('data'))).toBe('disk/data')
  expect(await readFile(at('data/a'), 'utf8')).toBe('1')
  await unrestore()
  expect(await readFile(at('disk/data/a'), 'utf8')).toBe('2')
})

test('when a good backup is there then it is given as it is; what a crash left is not one', async () => {
  await plant({ 'data/a': '1', 'backups/app/b1/data/half': 'x', 'backups/app/b1.partial/data/half': 'x' })
  const { create, ref } = setup('data')
  const first = await create()
  await plant({ 'data/a': '2' })
  expect(await create()).toEqual(first)
  expect(await tree(at('backups/app'))).toEqual(['b1', 'b1/backup.json', 'b1/data', 'b1/data/a'])
  expect((await stat(ref.dir)).mode & 0o777).toBe(0o700)
})

test.each([
  ['changed', (path: string) => writeFile(path, 'X')],
  ['gone', (path: string) => rm(path)],
  ['of another mode', (path: string) => chmod(path, 0o777)],
])('when a file of the backup is %s then verifying and restoring refuse, and the data stays', async (_, harm) => {
  await plant({ 'data/a': '1' })
  const { create, verify, restore, ref } = setup('data')
  await create()
  await harm(join(ref.dir, 'data/a'))
  await expect(verify()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_UNREADABLE' } })
  await expect(restore()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_UNREADABLE' } })
  expect(await readFile(at('data/a'), 'utf8')).toBe('1')
})

test('when there is nothing to save then that stops it, unless it is optional: then a restore takes away what came', async () => {
  await expect(setup('data').create()).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_FAILED', hint: expect.stringContaining('optional') },
  })
  const { create, restore, unrestore } = setup('data', { optional: true })
  expect(await create()).toMatchObject({ files: 0, bytes: 0 })
  await plant({ 'data/a': 'made by the new version' })
  await restore()
  await expect(stat(at('data'))).rejects.toThrow()
  await unrestore()
  expect(await tree(at('data'))).toEqual(['a'])
})

test('when a socket lies in the folder then it is left out and named', async () => {
  await plant({ 'data/a': '1' })
  const server = createServer().listen(at('data/app.sock'))
  await once(server, 'listening')
  const { create } = setup('data')
  expect((await create()).left).toEqual(['app.sock'])
  server.close()
})

/** Root may read everything: the rights of another user are taken for the time of the call. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const root = process.getuid?.() === 0
  if (root) {
    process.setegid?.(65534)
    process.seteuid?.(65534)
  }
  try {
    return await work()
  } finally {
    if (root) {
      process.seteuid?.(0)
      process.setegid?.(0)
    }
  }
}

test('when a file cannot be read then that stops the backup and names it, unless it is optional', async () => {
  await plant({ 'data/a': '1', 'data/secret': 's', 'data/closed/x': 'x' })
  await mkdir(at('backups/app'), { recursive: true })
  await chmod(at('backups/app'), 0o777)
  await chmod(dir, 0o755)
  if (process.getuid?.() === 0) {
    for (const name of await readdir(dir, { recursive: true })) await chown(at(name), 65534, 65534)
    await chown(dir, 65534, 65534)
  }
  await chmod(at('data/secret'), 0)
  await chmod(at('data/closed'), 0)
  const strict = asNobody(setup('data', { optional: ['closed'] }).create)
  await expect(strict).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_FAILED', facts: { path: at('data/secret') } },
  })
  const record = await asNobody(setup('data', { optional: ['secret', 'closed'] }).create)
  expect(record).toMatchObject({ left: ['closed', 'secret'], files: 1 })
  await chmod(at('data/closed'), 0o700)
})

test('when the run is cancelled then creating stops and nothing is called a backup', async () => {
  await plant({ 'data/a': '1' })
  const { config, ref } = setup('data')
  const reason = new Error('cancelled')
  const creating = backup.create(config, { ref, version: null, run: null, signal: AbortSignal.abort(reason) })
  await expect(creating).rejects.toBe(reason)
  await expect(stat(ref.dir)).rejects.toThrow()
})

test('when asked what it needs then that is what is selected', async () => {
  await plant({ 'data/a': '12345', 'data/cache/b': '1234567890' })
  expect(await backup.needBytes(setup('data', { exclude: ['cache'] }).config)).toBe(5)
  expect(await backup.needBytes(setup('gone').config)).toBe(0)
})
