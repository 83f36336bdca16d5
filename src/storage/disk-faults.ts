import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { type BelayError, fail, type Problem, problemOf } from '../core/model/problem.ts'
import { ballast } from './state-dir.ts'

/** SQLite's primary result codes that are the disk's fault, not the file's. */
const sqliteFull = 13
const sqliteIo = 10
const sqliteReadOnly = 8
const sqliteCantOpen = 14
/** SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log. */
const sqliteNoRoomForIndex = 4874

/** SQLite's extended result code; null: the error is not SQLite's. */
export function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : null
}

/** What the disk did to the SQLite file at `path`, called `subject`; null: it was not the disk. */
export function diskFault(error: unknown, subject: string, path: string): BelayError | null {
  const extended = sqliteCode(error)
  if (extended === null) return null
  const detail = problemOf(error).message
  const code = extended & 0xff
  if (code === sqliteFull || extended === sqliteNoRoomForIndex) {
    return fail('E_DISK_FULL', `${subject} cannot be written: ${detail}.`, {
      hint: 'Free some space on that file system, then run "belay resume".',
      cause: error,
    })
  }
  if (code === sqliteReadOnly || code === sqliteCantOpen) {
    const why = whyNotWritable(path)
    if (why !== null) return fail(why.code, `${subject} cannot be written: ${why.message}`, { ...why, cause: error })
  }
  if (code !== sqliteIo && code !== sqliteCantOpen && code !== sqliteReadOnly) return null
  return fail('E_IO', `${subject} cannot be used: ${detail}.`, {
    hint: 'Look at the disk (kernel log, mount options, rights), then run "belay resume".',
    cause: error,
  })
}

/** SQLite says only that it could not; the system says why. */
function whyNotWritable(path: string): Problem | null {
  try {
    accessSync(dirname(path), constants.W_OK)
    if (existsSync(path)) accessSync(path, constants.W_OK)
    return null
  } catch (error) {
    return problemOf(error)
  }
}

/**
 * On a full disk the reserve is given up and the work done once more: opening the journal and taking a lock write a few
 * pages, and without them nothing that a crash left there could be undone.
 */
export function withReserve<T>(stateDir: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (problemOf(error).code !== 'E_DISK_FULL') throw error
    ballast(stateDir).drop()
    return work()
  }
}
