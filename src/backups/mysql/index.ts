import { type BackupJob, buildBackup, verifyBackup } from '../../host/data/build-backup.ts'
import { databaseNames } from '../../host/data/database/names.ts'
import { hashData } from '../../host/data/save-path.ts'
import type { Backup } from '../../ports/backup.ts'
import { noDatabase } from './failures.ts'
import { discardDatabases, keptSentence, restoreDatabase, unrestoreDatabase } from './restore.ts'
import { saveDatabase } from './save.ts'
import { type MysqlBackupConfig, mysqlBackupSchema } from './schema.ts'
import { openServer, type Server, text } from './server.ts'
import { databaseOf, findTarget, type MysqlDeps, sourceOf } from './target.ts'

const never = new AbortController().signal

/**
 * A database of MySQL or MariaDB: saved by its dump program while it is written to, restored beside itself and swapped
 * in by renaming its tables. Users and their rights belong to the server and are not part of it.
 */
export function mysqlBackup(deps: MysqlDeps): Backup<MysqlBackupConfig> {
  const open = async (config: MysqlBackupConfig, signal: AbortSignal): Promise<Server> =>
    openServer(await findTarget(config, deps, signal), signal)
  const job = (config: MysqlBackupConfig): BackupJob => ({
    kind: 'mysql',
    source: sourceOf(config),
    path: null,
    hash: hashData,
    save: async (data, signal) => saveDatabase(config, await open(config, signal), data),
  })
  return {
    kind: 'mysql',
    config: mysqlBackupSchema,
    describe: (config) => `mysql ${sourceOf(config)}`,
    source: sourceOf,
    paths: () => [],
    needBytes: async (config) => {
      const server = await open(config, never)
      const name = text(server.database)
      const [row] = await server.sql([
        `SELECT CAST(COALESCE(SUM(t.data_length), 0) AS UNSIGNED) FROM information_schema.schemata s
         LEFT JOIN information_schema.tables t ON t.table_schema = s.schema_name
         WHERE s.schema_name = ${name} GROUP BY s.schema_name`,
      ])
      if (row === undefined && !config.optional) throw noDatabase(server.database)
      return Number(row?.[0] ?? 0)
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
