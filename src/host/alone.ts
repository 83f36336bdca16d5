import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { fail } from '../core/model/problem.ts'

const pollMs = 50
const waitMsMax = 15 * 60_000

/**
 * Does `work` while nobody else does, in this process or another: an exclusive transaction on a small file, which the
 * kernel ends with its holder, also after a SIGKILL. Waits its turn; E_LOCKED when that takes longer than a fetch may.
 */
export async function alone<T>(file: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const until = performance.now() + waitMsMax
  for (;;) {
    const held = tryLock(file)
    if (held !== null) {
      try {
        return await work()
      } finally {
        held.close()
      }
    }
    if (performance.now() > until) {
      throw fail('E_LOCKED', `${file} is held by another belay.`, {
        hint: 'Wait until it has asked the repository, then try again.',
        retryable: true,
      })
    }
    await setTimeout(pollMs, undefined, { signal })
  }
}

const sqliteBusy = 5

function tryLock(file: string): DatabaseSync | null {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === sqliteBusy) return null
    throw error
  }
}
