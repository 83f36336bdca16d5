import type { DatabaseSync } from 'node:sqlite'
import { fail } from '../core/model/problem.ts'

/**
 * Expand-only: released migrations never change and never remove, so that the version before can still read. A version also
 * works, for the time of its trial, on the schema of the one before it.
 */
const migrations: readonly string[] = [
  `CREATE TABLE runs (
     run TEXT PRIMARY KEY,
     component TEXT NOT NULL,
     action TEXT NOT NULL,
     from_version TEXT,
     to_version TEXT,
     opened_at INTEGER NOT NULL,
     closed_at INTEGER,
     outcome TEXT
   );
   CREATE INDEX runs_by_component ON runs (component, opened_at);
   CREATE TABLE entries (
     run TEXT NOT NULL REFERENCES runs (run),
     seq INTEGER NOT NULL,
     at INTEGER NOT NULL,
     boot TEXT NOT NULL,
     v INTEGER NOT NULL,
     entry TEXT NOT NULL,
     PRIMARY KEY (run, seq)
   ) WITHOUT ROWID;`,
]

/**
 * Two processes may open a new journal at once: the check is repeated inside the write lock. `hold`: one that the version
 * before can write stays as it is, and this version makes do with it.
 */
export function migrateJournal(
  database: DatabaseSync,
  { hold, to = migrations }: { readonly hold: boolean; readonly to?: readonly string[] },
): void {
  const now = versionOf(database)
  if (now === to.length || (hold && now > 0 && now < to.length)) return
  database.exec('BEGIN IMMEDIATE')
  try {
    const from = versionOf(database)
    if (from > to.length) {
      throw fail('E_JOURNAL_UNREADABLE', `The journal was written by a newer belay (schema ${from}).`, {
        hint: 'Use that newer belay: an older one could misread what is half done.',
      })
    }
    for (const sql of to.slice(from)) database.exec(sql)
    database.exec(`PRAGMA user_version = ${to.length}; COMMIT`)
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}
