import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
 * SIGKILL, so there is no stale lock to judge. Who, when and why stand beside it as text, only ever as information. Whoever
 * looks reads the file, which any number may do at once: they are no holders to each other, and one who acquires waits
 * until they have looked.
 */
export function fileLocks(stateDir: string, clock: Clock): Locks {
  const dir = join(stateDir, 'locks')
  const fileOf = (name: ResourceName) => join(dir, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.db`)

  return {
    async acquire(names, why): Promise<HeldLocks> {
      const held: { readonly file: string; readonly database: DatabaseSync }[] = []
      const release = () => {
        for (const { file, database } of held.splice(0)) {
          forgetHolder(file)
          database.close()
        }
      }
      const take = (name: ResourceName) => {
        const file = fileOf(name)
        const database = withReserve(stateDir, () => tryLock(file))
        if (database === null) throw locked(name, readHolder(file))
        held.push({ file, database })
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
      const isFree = withReserve(stateDir, () => succeeds(file, 'SELECT count(*) FROM sqlite_schema'))
      return isFree ? null : (readHolder(file) ?? nameless(clock))
    },
  }
}

const sqliteBusy = 5

/** In all, and at a time: a look is over in less than a millisecond, unless who looks stands still in the middle of it. */
const looksMsMax = 10_000
const lookMs = 100

/** null: someone else holds it. A second door is told so, it does not queue: it waits for those alone who look. */
function tryLock(file: string): DatabaseSync | null {
  const since = performance.now()
  for (;;) {
    const database = begin(file, `PRAGMA busy_timeout = ${lookMs}; BEGIN EXCLUSIVE`)
    if (database !== null || performance.now() - since > looksMsMax) return database
    // Who looks does not stand in the way of a write that is only announced; who holds does.
    if (!succeeds(file, 'BEGIN IMMEDIATE')) return null
  }
}

function succeeds(file: string, sql: string): boolean {
  const database = begin(file, sql)
  database?.close()
  return database !== null
}

/** An open file on which `sql` was done; null: someone has it. */
function begin(file: string, sql: string): DatabaseSync | null {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec(sql)
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

/** What the last one wrote must not speak for the next one in the moment before that writes its own. */
function forgetHolder(file: string): void {
  try {
    rmSync(`${file}.json`, { force: true })
  } catch {
    // The lock is free all the same, and the words say so by themselves: nobody reads them of a free lock.
  }
}

/** It has just begun, or is about to end: who it is was not written yet, or is no longer. */
function nameless(clock: Clock): LockHolder {
  return { pid: 0, user: 'unknown', why: 'unknown', since: new Date(clock.now()).toISOString() }
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
