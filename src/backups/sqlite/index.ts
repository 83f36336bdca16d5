import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { fail } from '../../core/model/problem.ts'
import { type BackupJob, buildBackup, dataOf, verifyBackup } from '../../host/data/build-backup.ts'
import { copyEntry, endOfLinks, entryAt } from '../../host/data/copy-entry.ts'
import { checkSqlite, copySqlite, sqliteCompanions } from '../../host/data/sqlite.ts'
import { type DataPlace, swapBack, swapIn } from '../../host/data/swap.ts'
import type { RestoreRef } from '../../core/plan/step.ts'
import type { Backup } from '../../ports/backup.ts'
import { type SqliteBackupConfig, sqliteBackupSchema } from './schema.ts'

/** SHA-256 of the copy, which must also be sound; of nothing when there was no database. */
async function hashDatabase(data: string): Promise<string> {
  const sum = createHash('sha256')
  const entry = entryAt(data)
  if (entry !== null) {
    await pipeline(createReadStream(data), sum)
    if (entry.size > 0) checkSqlite(data)
  }
  return sum.digest('hex')
}

function job(config: SqliteBackupConfig): BackupJob {
  return {
    kind: 'sqlite',
    source: config.path,
    hash: hashDatabase,
    save: async (data, signal) => {
      const from = endOfLinks(config.path)
      if (entryAt(from) !== null) {
        await copySqlite(from, data, signal)
        return { files: 1, bytes: entryAt(data)?.size ?? 0, left: [] }
      }
      if (config.optional) return { files: 0, bytes: 0, left: [] }
      throw fail('E_BACKUP_FAILED', `there is no database at ${config.path}`, {
        hint: 'Correct the path; or say "optional: true" when it may not be there yet.',
        facts: { path: config.path },
      })
    },
  }
}

function placeOf(config: SqliteBackupConfig, ref: RestoreRef): DataPlace {
  return { path: endOfLinks(config.path), companions: sqliteCompanions, aside: ref.aside }
}

async function needBytes({ path }: SqliteBackupConfig): Promise<number> {
  const from = endOfLinks(path)
  return ['', ...sqliteCompanions].reduce((sum, suffix) => sum + (entryAt(`${from}${suffix}`)?.size ?? 0), 0)
}

/** A SQLite database, copied while its service writes to it. */
export function sqliteBackup(): Backup<SqliteBackupConfig> {
  return {
    kind: 'sqlite',
    config: sqliteBackupSchema,
    describe: ({ path }) => `sqlite ${path}`,
    source: ({ path }) => path,
    paths: ({ path }) => [path],
    needBytes,
    create: (config, input) => buildBackup(job(config), input),
    verify: (_, ref) => verifyBackup({ hash: hashDatabase }, ref.dir),
    restore: async (config, ref, signal) => {
      await verifyBackup({ hash: hashDatabase }, ref.backup.dir)
      const data = dataOf(ref.backup.dir)
      const copy = async (to: string) => {
        if (entryAt(data) === null) return false
        await copyEntry(data, to, signal)
        return true
      }
      await swapIn(placeOf(config, ref), copy, signal)
    },
    unrestore: (config, ref, signal) => swapBack(placeOf(config, ref), signal),
  }
}
