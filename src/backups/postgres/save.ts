import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Saved } from '../../host/data/build-backup.ts'
import { atomicWrite } from '../../host/tree/durable.ts'
import { describe } from './describe.ts'
import { noDatabase, noRights, notDump, programFailed } from './failures.ts'
import type { PostgresBackupConfig } from './schema.ts'
import { checkPrograms, type Server, text } from './server.ts'

export const dumpName = 'dump'
export const describedName = 'database.json'
/** A migration by hand may hold what the dump must read: it is waited for, not for ever. */
const lockTimeout = '10min'

/**
 * Saves one state of the database while it is written to: `dump`, in pg_dump's custom format, and `database.json`, what
 * a dump does not say. Then the whole dump is read again.
 */
export async function saveDatabase(
  config: Pick<PostgresBackupConfig, 'exclude_data' | 'optional'>,
  server: Server,
  data: string,
): Promise<Saved> {
  const described = await describe(server, server.database)
  if (described === null) {
    if (config.optional) return { files: 0, bytes: 0, left: [] }
    throw noDatabase(server.database)
  }
  await checkPrograms(server)
  await checkRights(server)
  await mkdir(data, { mode: 0o700 })
  await atomicWrite(join(data, describedName), `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600 })
  const file = join(data, dumpName)
  await using dump = await open(file, 'wx', 0o600)
  const excluded = config.exclude_data.map((pattern) => `--exclude-table-data=${pattern}`)
  const made = await server.program(
    'pg_dump',
    [
      '--format=custom',
      '--no-password',
      `--lock-wait-timeout=${lockTimeout}`,
      ...excluded,
      `--dbname=${connection(server.database)}`,
    ],
    { stdout: dump.fd },
  )
  if (made.code !== 0) throw programFailed(`${server.database} cannot be saved`, made)
  await checkDump(server, file)
  const bytes = (await stat(file)).size
  return { files: 1, bytes, left: config.exclude_data.map((pattern) => `rows of ${pattern}`) }
}

/** A name with `=` in it would be read as a connection string: so it is always one. */
export function connection(database: string): string {
  return `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Reads and unpacks all of it, and makes nothing of it. */
async function checkDump(server: Server, file: string): Promise<void> {
  await using dump = await open(file, 'r')
  const read = await server.program('pg_restore', ['--file=/dev/null'], { stdin: dump.fd })
  if (read.code !== 0) throw notDump(read)
}

/** Whoever could not put it back must not think that there is a way back. */
export async function checkRights(server: Server): Promise<void> {
  const answer = await server.sql([
    `SELECT (r.rolsuper OR (r.rolcreatedb AND pg_has_role(d.datdba, 'USAGE')))::int || ' ' || pg_get_userbyid(d.datdba)
     FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = ${text(server.database)}`,
  ])
  if (answer === '' || answer.startsWith('1')) return
  throw noRights(await server.sql(['SELECT current_user']), server.database, answer.slice(2))
}
