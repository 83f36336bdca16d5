import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe } from 'vitest'
import { type DataWorld, describeBackup } from './backup.contract.ts'

/** Writes pairs, each in a transaction of its own, until it is killed; says when it has begun. */
const writer = (mode: string) => `
const { DatabaseSync } = require('node:sqlite')
const db = new DatabaseSync(process.argv[1], { timeout: 60000 })
db.exec("PRAGMA journal_mode=${mode}; CREATE TABLE IF NOT EXISTS pairs(n INTEGER)")
const put = db.prepare('INSERT INTO pairs VALUES (?)')
let n = 0
const write = () => { n++; db.exec('BEGIN IMMEDIATE'); put.run(n); put.run(-n); db.exec('COMMIT'); if (n === 3) console.log('writing'); setImmediate(write) }
write()`

/** Copies of a database differ in bytes, not in rows. */
async function textOf(file: string): Promise<string> {
  return /app\.db$|data$/.test(file) ? rowsOf(file) : readFile(file, 'base64')
}

async function asText(path: string): Promise<string | null> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null)
  if (entries === null) return existsSync(path) ? textOf(path) : null
  const files = entries
    .filter((entry) => entry.isFile() && !/-(?:wal|shm|journal)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(
    files.toSorted().map(async (file) => `${file.slice(path.length)} ${await textOf(file)}`),
  )
  return ['a folder', ...texts].join('\n')
}

function rowsOf(path: string): string {
  using db = new DatabaseSync(path)
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  return JSON.stringify(
    tables.map(({ name, sql }) => [sql, db.prepare(`SELECT * FROM ${String(name)} ORDER BY 1`).all()]),
    (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value),
  )
}

interface Shape {
  readonly type: 'path' | 'sqlite'
  readonly mode: 'wal' | 'delete'
}

/** A database by itself, or in a folder among other files. */
async function filesWorld({ type, mode }: Shape): Promise<DataWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-files-'))
  let made = 0
  return {
    name: type,
    close: () => rm(dir, { recursive: true, force: true }),
    async make(shape) {
      const home = join(dir, `${(made += 1)}`)
      await mkdir(home)
      const path = join(home, type === 'sqlite' ? 'app.db' : 'uploads')
      const file = type === 'sqlite' ? path : join(path, 'app.db')
      const exec = (sql: string) => {
        using db = new DatabaseSync(file)
        db.exec(sql)
      }
      if (shape !== 'absent' && type === 'path') await mkdir(path)
      if (shape === 'rich' && type === 'path') await writeFile(join(path, 'Größe ä.txt'), 'ü')
      if (shape !== 'absent')
        exec(
          `PRAGMA journal_mode=${mode}; CREATE TABLE t(s); ${shape === 'rich' ? "INSERT INTO t VALUES ('ä'), (x'00ff')" : ''}`,
        )
      return {
        spec: { type, path },
        at: file,
        look: () => asText(path),
        change: async () => {
          if (type === 'path') {
            await mkdir(path, { recursive: true })
            await writeFile(join(path, 'newer'), 'x')
            await rm(join(path, 'Größe ä.txt'), { force: true })
          }
          exec('CREATE TABLE newer(n); INSERT INTO newer VALUES (1)')
        },
        remove: () => rm(path, { recursive: true }),
        kept: ({ aside }) => asText(join(aside, 'data')),
      }
    },
    async write(data) {
      const child = spawn(process.execPath, ['-e', writer(mode), data.at], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      return {
        stop: async () => {
          if (child.exitCode !== null) throw new Error(`the writer ended with ${child.exitCode}`)
          const ended = once(child, 'exit')
          child.kill('SIGKILL')
          await ended
        },
      }
    },
    isWhole: async (data) => {
      using db = new DatabaseSync(data.at)
      const row = db.prepare('SELECT count(*) > 0 AND total(n) = 0 AS whole FROM pairs').get()
      return row?.['whole'] === 1
    },
    async hold(data) {
      const db = new DatabaseSync(data.at)
      db.exec('BEGIN; SELECT count(*) FROM t')
      return { stop: async () => db.close() }
    },
  }
}

describe('a folder', () => describeBackup(() => filesWorld({ type: 'path', mode: 'wal' })))
describe('a SQLite database with a rollback journal', () =>
  describeBackup(() => filesWorld({ type: 'sqlite', mode: 'delete' })))
describe('a SQLite database with a write-ahead log', () =>
  describeBackup(() => filesWorld({ type: 'sqlite', mode: 'wal' })))
