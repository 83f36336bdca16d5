import { chmodSync, closeSync, existsSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ComponentName, runIdSchema, type RunId } from '../core/model/names.ts'
import { fail, problemOf } from '../core/model/problem.ts'
import type { Outcome } from '../core/model/release.ts'
import { mainTarget, type RunAction } from '../core/plan/plan.ts'
import type { Entry, Recorded } from '../core/run/entry.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal, JournalWatch, RunSummary, RunTotal } from '../ports/journal.ts'
import { busyMsMax } from './busy.ts'
import { diskFault, sqliteCode, withReserve } from './disk-faults.ts'
import { migrateJournal } from './migrations.ts'

/** SQLITE_BUSY; its reasons are in the higher bits of the code. */
const sqliteBusy = 5

/**
 * The journal in SQLite: write-ahead log with `synchronous=FULL`, so that a committed insert is on disk when it returns.
 * `STATE/journal.db` holds it and `STATE/journal.made` says that there is one: a journal that was there and is gone is
 * an error, never an empty history (a half-switched tree would be forgotten with it).
 */
export function openJournal(
  stateDir: string,
  clock: Clock,
  options: { readonly readOnly?: boolean; readonly hold?: boolean } = {},
): Journal & JournalWatch {
  const path = join(stateDir, 'journal.db')
  const made = join(stateDir, 'journal.made')
  // SQLite takes an empty file for a new database: cut off to nothing, a journal is as gone as a removed one.
  if (existsSync(made) && !(existsSync(path) && statSync(path).size > 0)) {
    throw fail('E_JOURNAL_MISSING', `The journal ${path} is gone, but one was made here.`, {
      hint: `Put it back from a backup of ${stateDir}. If no update was under way, remove ${made} to begin a new one.`,
    })
  }
  const database = withReserve(stateDir, () =>
    openDatabase(path, options.readOnly === true && existsSync(path), options.hold === true),
  )
  if (!existsSync(made)) writeMarker(made)
  return journalOn(database, path, clock)
}

function openDatabase(path: string, readOnly: boolean, hold: boolean): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { readOnly })
    database.exec(`PRAGMA busy_timeout = ${busyMsMax}`)
    if (readOnly) {
      database.prepare('SELECT count(*) FROM runs').get()
      return database
    }
    switchToLog(database)
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    migrateJournal(database, { hold })
    chmodSync(path, 0o600)
    return database
  } catch (error) {
    throw journalError(error, path)
  }
}

/**
 * Of several processes that make a new database a write-ahead log at once, SQLite refuses all but one without waiting
 * (its busy timeout does not hold there): they ask again.
 */
function switchToLog(database: DatabaseSync): void {
  const until = performance.now() + busyMsMax
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (((sqliteCode(error) ?? 0) & 0xff) !== sqliteBusy || performance.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

function writeMarker(path: string): void {
  const fd = openSync(path, 'w', 0o600)
  try {
    writeSync(fd, 'This folder has a journal: journal.db. See "belay history".\n')
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function journalError(error: unknown, path: string): Error {
  const detail = error instanceof Error ? error.message : String(error)
  if (sqliteCode(error) === null) return error instanceof Error ? error : new Error(detail)
  return (
    diskFault(error, `The journal ${path}`, path) ??
    fail('E_JOURNAL_UNREADABLE', `The journal ${path} cannot be read: ${detail}.`, {
      hint: 'Put it back from a backup of the state folder, or move it away after making sure that no update is half done.',
      cause: error,
    })
  )
}

interface RunRow {
  readonly run: string
  readonly component: string
  readonly action: string
  readonly from_version: string | null
  readonly to_version: string | null
  readonly opened_at: number
  readonly closed_at: number | null
  readonly outcome: string | null
}

const runColumns = 'run, component, action, from_version, to_version, opened_at, closed_at, outcome'

function journalOn(database: DatabaseSync, path: string, clock: Clock): Journal & JournalWatch {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw journalError(error, path)
    }
  }
  const insertEntry = (run: RunId, recorded: Recorded) =>
    database
      .prepare('INSERT INTO entries (run, seq, at, boot, v, entry) VALUES (?, ?, ?, ?, ?, ?)')
      .run(run, recorded.seq, recorded.at, recorded.boot, recorded.v, JSON.stringify(recorded.entry))

  const append = (run: RunId, entry: Entry): Recorded => {
    const last = database.prepare('SELECT max(seq) AS seq FROM entries WHERE run = ?').get(run)
    const seq = typeof last?.['seq'] === 'number' ? last['seq'] + 1 : 0
    const recorded: Recorded = { v: 1, seq, at: clock.now(), boot: clock.bootId(), entry }
    if (entry.t === 'opened') insertRun(database, run, entry, recorded.at)
    insertEntry(run, recorded)
    if (entry.t === 'closed') {
      database.prepare('UPDATE runs SET closed_at = ?, outcome = ? WHERE run = ?').run(recorded.at, entry.outcome, run)
    }
    if (entry.t === 'resumed')
      database.prepare('UPDATE runs SET closed_at = NULL, outcome = NULL WHERE run = ?').run(run)
    return recorded
  }

  return {
    async append(run, ...entries) {
      return guarded(() => inTransaction(database, () => entries.map((entry) => append(run, entry))))
    },
    async read(run) {
      return guarded(() =>
        database
          .prepare('SELECT v, seq, at, boot, entry FROM entries WHERE run = ? ORDER BY seq')
          .all(run)
          .map((row) => recordedOf(row, path)),
      )
    },
    async unfinished() {
      return guarded(() =>
        database
          .prepare(
            `SELECT ${runColumns} FROM runs WHERE outcome IS NULL OR outcome = 'stuck' ORDER BY opened_at, rowid`,
          )
          .all()
          .map((row) => summaryOf(row as unknown as RunRow)),
      )
    },
    async runs({ component, before, limit }) {
      const conditions = [
        ...(component === undefined ? [] : ['component = :component']),
        ...(before === undefined
          ? []
          : ['(opened_at, rowid) < (SELECT opened_at, rowid FROM runs WHERE run = :before)']),
      ]
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
      const named = {
        limit,
        ...(component === undefined ? {} : { component }),
        ...(before === undefined ? {} : { before }),
      }
      return guarded(() =>
        database
          .prepare(`SELECT ${runColumns} FROM runs ${where} ORDER BY opened_at DESC, rowid DESC LIMIT :limit`)
          .all(named)
          .map((row) => summaryOf(row as unknown as RunRow)),
      )
    },
    async after(number, limit) {
      return guarded(() =>
        database
          .prepare(`SELECT rowid AS number, ${runColumns} FROM runs WHERE rowid > ? ORDER BY rowid LIMIT ?`)
          .all(number, limit)
          .map((row) => ({ ...summaryOf(row as unknown as RunRow), number: Number(row['number']) })),
      )
    },
    async lastNumber() {
      return guarded(() => Number(database.prepare('SELECT max(rowid) AS number FROM runs').get()?.['number'] ?? 0))
    },
    totals: async () =>
      guarded(() =>
        database
          .prepare('SELECT component, action, outcome, count(*) AS count FROM runs GROUP BY component, action, outcome')
          .all()
          .map((row) => row as unknown as RunTotal),
      ),
    version() {
      return guarded(() => Number(database.prepare('PRAGMA data_version').get()?.['data_version']))
    },
    close() {
      database.close()
    },
  }
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function insertRun(database: DatabaseSync, run: RunId, entry: Extract<Entry, { t: 'opened' }>, at: number): void {
  const { component, from, to } = mainTarget(entry.plan)
  database
    .prepare('INSERT INTO runs (run, component, action, from_version, to_version, opened_at) VALUES (?, ?, ?, ?, ?, ?)')
    .run(run, component satisfies ComponentName, entry.plan.action, from, to, at)
}

/** What we wrote ourselves is trusted as to its shape; that it is JSON at all is checked, since disks rot. */
function recordedOf(row: Record<string, unknown>, path: string): Recorded {
  try {
    return {
      v: 1,
      seq: Number(row['seq']),
      at: Number(row['at']),
      boot: String(row['boot']),
      entry: JSON.parse(String(row['entry'])) as Entry,
    }
  } catch (error) {
    throw fail('E_JOURNAL_UNREADABLE', `Entry ${String(row['seq'])} of the journal ${path} is damaged.`, {
      hint: 'Put the journal back from a backup of the state folder.',
      facts: { reason: problemOf(error).message },
    })
  }
}

function summaryOf(row: RunRow): RunSummary {
  return {
    run: runIdSchema.parse(row.run),
    component: row.component,
    action: row.action as RunAction,
    from: row.from_version,
    to: row.to_version,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    outcome: row.outcome as Outcome | null,
  }
}
