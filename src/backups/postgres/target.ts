import { fail } from '../../core/model/problem.ts'
import { inContainer } from '../../host/data/database/container.ts'
import { onThisMachine, type ProgramPlace } from '../../host/data/database/program.ts'
import { type DatabaseUrl, parseDatabaseUrl } from '../../host/data/database/url.ts'
import { findProgram } from '../../host/process/program.ts'
import type { Secrets } from '../../host/secrets.ts'
import type { PostgresBackupConfig } from './schema.ts'

export interface PostgresDeps {
  readonly secrets: Pick<Secrets, 'read'>
  /** Says where a container engine is. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Where a database is, and how its programs reach it. */
export interface Target {
  readonly database: string
  readonly place: ProgramPlace
  /** What libpq reads, the password among it: never an argument. */
  readonly env: Readonly<Record<string, string>>
}

/** Parameters of a URL that libpq has a variable for; what drivers of other languages add means nothing to it. */
const variables: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  ssl: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
}
const sslModes: ReadonlySet<string> = new Set(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
const askTimeoutMs = 60_000

async function readUrl({ url }: PostgresBackupConfig, { secrets }: PostgresDeps): Promise<DatabaseUrl | null> {
  return url === undefined ? null : parseDatabaseUrl(await secrets.read(url), ['postgresql', 'postgres'])
}

/** Its name. Errors: E_SECRET_MISSING, E_CONFIG_INVALID. */
export async function databaseOf(config: PostgresBackupConfig, deps: PostgresDeps): Promise<string> {
  const database = config.database ?? (await readUrl(config, deps))?.database ?? null
  if (database !== null) return database
  throw fail('E_CONFIG_INVALID', 'the url names no database', { hint: 'Name it as "database", too.' })
}

/** Errors: E_SECRET_MISSING, E_CONFIG_INVALID, E_NOT_FOUND (no such container). */
export async function findTarget(
  config: PostgresBackupConfig,
  deps: PostgresDeps,
  signal: AbortSignal,
): Promise<Target> {
  const url =
    config.url === undefined ? null : parseDatabaseUrl(await deps.secrets.read(config.url), ['postgresql', 'postgres'])
  const password = config.password === undefined ? (url?.password ?? null) : await deps.secrets.read(config.password)
  const host = config.container === undefined ? (config.host ?? url?.host ?? null) : (config.host ?? null)
  const port = config.container === undefined ? (config.port ?? url?.port ?? null) : (config.port ?? null)
  const place = await placeOf(config, deps, { host, password }, signal)
  const user = config.user ?? url?.user ?? (place.container === null ? null : await userInside(place, signal))
  return {
    database: await databaseOf(config, deps),
    place,
    env: {
      // Their words are read, so they must be in one language; what the server says is in its own.
      LC_ALL: 'C',
      PGCLIENTENCODING: 'UTF8',
      PGCONNECT_TIMEOUT: '15',
      PGAPPNAME: 'belay',
      ...(host === null ? {} : { PGHOST: host }),
      ...(port === null ? {} : { PGPORT: String(port) }),
      ...(user === null ? {} : { PGUSER: user }),
      ...(password === null ? {} : { PGPASSWORD: password }),
      ...(url === null || place.container !== null ? {} : encryption(url)),
    },
  }
}

async function placeOf(
  { container, engine, system_user }: PostgresBackupConfig,
  { environment }: PostgresDeps,
  { host, password }: { readonly host: string | null; readonly password: string | null },
  signal: AbortSignal,
): Promise<ProgramPlace> {
  if (container !== undefined) {
    return inContainer({ name: container, engine, environment, user: system_user ?? null }, signal)
  }
  // Debian's server lets the user postgres in by its name alone, and root not at all.
  const byName = process.getuid?.() === 0 && password === null && (host === null || host.startsWith('/'))
  return onThisMachine(system_user ?? (byName ? 'postgres' : null))
}

function encryption({ parameters }: DatabaseUrl): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...parameters].flatMap(([name, value]) => {
      const variable = variables[name]
      if (variable === undefined || (variable === 'PGSSLMODE' && !sslModes.has(value))) return []
      return [[variable, value]]
    }),
  )
}

/** The official image lets whoever it was made for in from inside; bitnami's and others name it likewise. */
async function userInside(place: ProgramPlace, signal: AbortSignal): Promise<string> {
  for (const name of ['POSTGRES_USER', 'POSTGRESQL_USERNAME']) {
    const { code, stdout } = await place.run({ argv: ['printenv', name], env: {}, timeoutMs: askTimeoutMs, signal })
    if (code === 0 && stdout.trim() !== '') return stdout.trim()
  }
  return 'postgres'
}

/** Where distributions keep the programs of each major version; the one in PATH may be any. */
const folders = (major: number) => [`/usr/lib/postgresql/${major}/bin`, `/usr/pgsql-${major}/bin`]

/** The program of the server's own version, where it is there. */
export async function programOf(target: Target, name: string, major: number): Promise<string> {
  if (target.place.container !== null) return name
  for (const folder of folders(major)) {
    const found = await findProgram(`${folder}/${name}`, '/', '')
    if (found !== null) return found
  }
  return name
}

/** How a config names it; no secret is read for it. */
export function sourceOf({ database, url, host, port, container }: PostgresBackupConfig): string {
  const given = url === undefined ? null : 'env' in url ? `$${url.env}` : url.file
  const address =
    host === undefined && port === undefined ? null : `${host ?? ''}${port === undefined ? '' : `:${port}`}`
  const where = container ?? address ?? (database === undefined ? null : given)
  const name = database ?? given ?? ''
  return where === null ? name : `${name} at ${where}`
}
