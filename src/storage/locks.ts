import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { ResourceName } from '../core/model/names.ts'
import { fail } from '../core/model/problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { HeldLocks, LockHolder, Locks } from '../ports/locks.ts'
import { diskFault, sqliteCode, withReserve } from './disk-faults.ts'

const holderSchema = z.object({ pid: z.number(), user: z.string(), why: z.string(), since: z.string() })

/**
 * A lock is an exclusive SQLite transaction on `STATE/locks/<hash>.db`: the kernel frees it with its holder, also after a
 * SIGKILL, so there is no stale lock to judge. Who, when and why stand beside it as text, only ever as information.
 */
export function fileLocks(stateDir: string, clock: Clock): Locks {
  const dir = join(stateDir, 'locks')
  const fileOf = (name: ResourceName) => join(dir, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.db`)

  return {
    async acquire(names, why): Promise<HeldLocks> {
      const held: DatabaseSync[] = []
      const release = () => {
        for (const database of held.splice(0)) database.close()
      }
      const take = (name: ResourceName) => {
        const file = fileOf(name)
        const database = withReserve(stateDir, () => tryLock(file, probeMs))
        if (database === null) throw locked(name, readHolder(file))
        held.push(database)
        const since = new Date(clock.now()).toISOString()
        const holder = { pid: process.pid, user: userName(), why, since }
        withReserve(stateDir, () => writeHolder(file, holder))
      }
      try {
        withReserve(stateDir, () => mkdirSync(dir, { recursive: true, mode: 0o700 }))
        for (const name of [...new Set(names)].toSorted()) take(name)
        return { release }
      } catch (error) {
        release()
        throw error
      }
    },
    async holder(name) {
      const file = fileOf(name)
      if (!existsSync(file)) return null
      const probe = withReserve(stateDir, () => tryLock(file, 0))
      if (probe === null) return readHolder(file) ?? { pid: 0, user: 'unknown', why: 'unknown', since: 'unknown' }
      probe.close()
      return null
    },
  }
}

const sqliteBusy = 5

/** Longer than `holder` looks, shorter than anyone waits: a look must not be taken for a run. */
const probeMs = 100

/** null: someone else holds it. A second door is told so, it does not queue. */
function tryLock(file: string, busyMs: number): DatabaseSync | null {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file)
    database.exec(`PRAGMA busy_timeout = ${busyMs}; BEGIN EXCLUSIVE`)
    return database
  } catch (error) {
    database?.close()
    if (((sqliteCode(error) ?? 0) & 0xff) === sqliteBusy) return null
    throw diskFault(error, `The lock ${file}`, file) ?? error
  }
}

function locked(name: ResourceName, holder: LockHolder | null): Error {
  const who =
    holder === null ? 'another run' : `process ${holder.pid} (${holder.user}) since ${holder.since}: ${holder.why}`
  return fail('E_LOCKED', `${name} is held by ${who}.`, {
    hint: 'Wait until that run is over, then try again. A lock ends with its process; there is nothing to remove by hand.',
    retryable: true,
    facts: {
      resource: name,
      ...(holder === null ? {} : { pid: holder.pid, user: holder.user, why: holder.why, since: holder.since }),
    },
  })
}

function writeHolder(file: string, holder: LockHolder): void {
  writeFileSync(`${file}.json`, JSON.stringify(holder), { mode: 0o600 })
}

/** The text may be missing or half written (it is not what locks): then nobody is named. */
function readHolder(file: string): LockHolder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(`${file}.json`, 'utf8')))
  } catch {
    return null
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
