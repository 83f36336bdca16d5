import { type BackupJob, buildBackup, verifyBackup } from '../../host/data/build-backup.ts'
import { databaseNames } from '../../host/data/database/names.ts'
import { hashData } from '../../host/data/save-path.ts'
import type { Backup } from '../../ports/backup.ts'
import { noDatabase } from './failures.ts'
import { discardDatabases, keptSentence, restoreDatabase, unrestoreDatabase } from './restore.ts'
import { checkRights, saveDatabase } from './save.ts'
import { type PostgresBackupConfig, postgresBackupSchema } from './schema.ts'
import { checkPrograms, existing, openServer, type Server, text } from './server.ts'
import { databaseOf, findTarget, type PostgresDeps, sourceOf } from './target.ts'

const never = new AbortController().signal

/**
 * A PostgreSQL database: saved by pg_dump while it is written to, restored beside itself and swapped in by renames.
 * Roles and tablespaces belong to the server and are not part of it.
 */
export function postgresBackup(deps: PostgresDeps): Backup<PostgresBackupConfig> {
  const open = async (config: PostgresBackupConfig, signal: AbortSignal): Promise<Server> =>
    openServer(await findTarget(config, deps, signal), signal)
  const job = (config: PostgresBackupConfig): BackupJob => ({
    kind: 'postgres',
    source: sourceOf(config),
    path: null,
    hash: hashData,
    save: async (data, signal) => saveDatabase(config, await open(config, signal), data),
  })
  return {
    kind: 'postgres',
    config: postgresBackupSchema,
    describe: (config) => `postgres ${sourceOf(config)}`,
    source: sourceOf,
    paths: () => [],
    needBytes: async (config) => {
      const server = await open(config, never)
      if (!(await existing(server, [server.database])).has(server.database)) {
        if (config.optional) return 0
        throw noDatabase(server.database)
      }
      await checkPrograms(server)
      await checkRights(server)
      return Number(await server.sql([`SELECT pg_database_size(${text(server.database)})`]))
    },
    create: (config, input) => buildBackup(job(config), input),
    verify: (_, ref) => verifyBackup({ hash: hashData }, ref.dir),
    restore: async (config, ref, signal) => {
      await verifyBackup({ hash: hashData }, ref.backup.dir)
      await restoreDatabase(await open(config, signal), ref)
    },
    unrestore: async (config, ref, signal) => unrestoreDatabase(await open(config, signal), ref),
    keptAs: async (config, aside) => {
      const database = await databaseOf(config, deps)
      return keptSentence(database, databaseNames(database, aside).kept)
    },
    discard: async (config, aside, signal) => discardDatabases(await open(config, signal), aside),
  }
}
