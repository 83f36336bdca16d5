import { chmod, chown, open, rm, stat, utimes } from 'node:fs/promises'
import { DatabaseSync, backup } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { type BelayError, fail, problemOf } from '../../core/model/problem.ts'

/** What SQLite keeps beside a database: none of it may meet another database of the same name. */
export const sqliteCompanions = ['-wal', '-shm', '-journal'] as const

const magic = Buffer.from('SQLite format 3\0')
const busyTimeoutMs = 15_000
const pagesPerTurn = 500

/** Whether a file begins as SQLite databases do. An empty one is a database too, but loses nothing as a plain copy. */
export async function isSqlite(path: string): Promise<boolean> {
  await using file = await open(path, 'r')
  const { bytesRead, buffer } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
  return bytesRead === magic.length && buffer.equals(magic)
}

function unusable(path: string, cause: unknown): BelayError {
  return fail('E_BACKUP_FAILED', `the database ${path} cannot be copied: ${problemOf(cause).message}`, {
    hint: 'Check it with "sqlite3 FILE \'PRAGMA integrity_check\'"; or exclude it.',
    facts: { path },
    cause,
  })
}

/** A database that was cut off needs its journal played back, which a read-only connection may not do. */
function openSource(path: string): DatabaseSync {
  for (const readOnly of [true, false]) {
    const db = new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs })
    try {
      // The open transaction pins one state: without it, every write of the service starts the copy over, for ever.
      db.exec('BEGIN')
      db.prepare('SELECT count(*) FROM sqlite_schema').get()
      return db
    } catch (error) {
      db.close()
      if (!readOnly) throw error
    }
  }
  throw new Error('unreachable')
}

/** Throws E_BACKUP_UNREADABLE when a database that nobody has open is not sound. */
export function checkSqlite(path: string): void {
  let said: unknown = null
  try {
    // Immutable: reading a copy must not leave a -wal or -shm beside it.
    const url = new URL(`${pathToFileURL(path).href}?immutable=1`)
    const db = new DatabaseSync(url, { readOnly: true })
    try {
      said = db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
    } finally {
      db.close()
    }
  } catch (error) {
    said = problemOf(error).message
  }
  if (said === 'ok') return
  throw fail('E_BACKUP_UNREADABLE', `the copy of the database at ${path} is damaged: ${String(said)}`, {
    hint: 'Check the disk, and the original with "PRAGMA integrity_check".',
    facts: { path },
  })
}

/**
 * Copies a database while programs read and write it, by SQLite's own backup: one state of it, whole. Mode, owner and
 * times are the original's. Errors: E_BACKUP_FAILED, E_BACKUP_UNREADABLE (the copy is not sound).
 */
export async function copySqlite(from: string, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  for (const suffix of ['', ...sqliteCompanions]) await rm(`${to}${suffix}`, { force: true })
  const { mode, uid, gid, atime, mtime } = await stat(from)
  let db: DatabaseSync | null = null
  try {
    db = openSource(from)
    await backup(db, to, { rate: pagesPerTurn, progress: () => signal.throwIfAborted() })
  } catch (error) {
    signal.throwIfAborted()
    throw unusable(from, error)
  } finally {
    db?.close()
  }
  checkSqlite(to)
  if (process.getuid?.() === 0) await chown(to, uid, gid)
  await chmod(to, mode & 0o7777)
  await utimes(to, atime, mtime)
}
