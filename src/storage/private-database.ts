import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { fail } from '../core/model/problem.ts'
import { busyMsMax } from './busy.ts'
import { diskFault } from './disk-faults.ts'

/** A database that this user alone may read, and that other processes may change at any time. */
export interface PrivateDatabase {
  /** The error says which file it is, and what to do. */
  readonly use: <T>(work: (database: DatabaseSync) => T) => T
  /** The same with one statement, which SQLite reads once, however often it is asked. */
  readonly ask: <T>(sql: string, work: (statement: StatementSync) => T) => T
  /** As one change that is on disk when it returns. */
  readonly change: <T>(work: (database: DatabaseSync) => T) => T
  readonly close: () => void
}

/** Opened at first use. `schema` is expand-only; `subject` names it in errors, `loss` what is lost without it. */
export function privateDatabase(path: string, schema: string, subject: string, loss: string): PrivateDatabase {
  let open: DatabaseSync | null = null
  const statements = new Map<string, StatementSync>()
  const use = <T>(work: (database: DatabaseSync) => T): T => {
    try {
      open ??= opened(path, schema)
      return work(open)
    } catch (error) {
      throw faultOf(error, path, subject, loss)
    }
  }
  return {
    use,
    ask: (sql, work) =>
      use((database) => {
        const statement = statements.get(sql) ?? database.prepare(sql)
        statements.set(sql, statement)
        return work(statement)
      }),
    change: (work) =>
      use((database) => {
        database.exec('BEGIN IMMEDIATE')
        try {
          const result = work(database)
          database.exec('COMMIT')
          return result
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK')
          throw error
        }
      }),
    close() {
      statements.clear()
      open?.close()
      open = null
    },
  }
}

function opened(path: string, schema: string): DatabaseSync {
  // SQLite would make it readable for all; what it makes beside it takes the rights of this one.
  closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path)
  try {
    database.exec(`PRAGMA busy_timeout = ${busyMsMax}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; ${schema}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function faultOf(error: unknown, path: string, subject: string, loss: string): unknown {
  const fault = diskFault(error, subject, path)
  if (fault !== null) return fault
  // What is not SQLite's is ours, and says itself what it is.
  if (!(error instanceof Error && 'errcode' in error)) return error
  return fail('E_IO', `${subject} ${path} cannot be used.`, {
    hint: `Look at the disk. To begin anew, remove ${path}: ${loss}`,
    facts: { file: path },
    cause: error,
  })
}
