import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { inContainer } from '../../host/data/database/container.ts'
import { onThisMachine, type ProgramPlace } from '../../host/data/database/program.ts'
import { type DatabaseUrl, parseDatabaseUrl } from '../../host/data/database/url.ts'
import type { Secrets } from '../../host/secrets.ts'
import { atomicWrite } from '../../host/tree/durable.ts'
import type { MysqlBackupConfig } from './schema.ts'

export interface MysqlDeps {
  readonly secrets: Pick<Secrets, 'read'>
  /** Says where a container engine is. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Where a database is, and how its programs reach it. */
export interface Target {
  readonly database: string
  readonly place: ProgramPlace
  /** Arguments that say where the server is and as whom it is asked; no secret. */
  readonly args: readonly string[]
  readonly password: string | null
}

const askTimeoutMs = 60_000

async function readUrl({ url }: MysqlBackupConfig, { secrets }: MysqlDeps): Promise<DatabaseUrl | null> {
  return url === undefined ? null : parseDatabaseUrl(await secrets.read(url), ['mysql', 'mariadb'])
}

/** Its name. Errors: E_SECRET_MISSING, E_CONFIG_INVALID. */
export async function databaseOf(config: MysqlBackupConfig, deps: MysqlDeps): Promise<string> {
  const database = config.database ?? (await readUrl(config, deps))?.database ?? null
  if (database !== null) return database
  throw fail('E_CONFIG_INVALID', 'the url names no database', { hint: 'Name it as "database", too.' })
}

/** Errors: E_SECRET_MISSING, E_CONFIG_INVALID, E_NOT_FOUND (no such container). */
export async function findTarget(config: MysqlBackupConfig, deps: MysqlDeps, signal: AbortSignal): Promise<Target> {
  const url = await readUrl(config, deps)
  const database = await databaseOf(config, deps)
  const given = config.password === undefined ? (url?.password ?? null) : await deps.secrets.read(config.password)
  const user = config.user ?? url?.user ?? null
  if (config.container !== undefined) {
    const { container, engine } = config
    const place = await inContainer({ name: container, engine, environment: deps.environment, user: null }, signal)
    const asRoot = user === null || user === 'root'
    const password = given ?? (asRoot ? await rootPassword(place, signal) : null)
    return { database, place, args: [`--user=${user ?? 'root'}`], password }
  }
  const host = config.host ?? url?.host ?? null
  const socket = config.socket ?? (host?.startsWith('/') === true ? host : null)
  const port = config.port ?? url?.port ?? null
  return {
    database,
    place: onThisMachine(null),
    args: [
      ...(socket === null ? (host === null ? [] : [`--host=${host}`, '--protocol=TCP']) : [`--socket=${socket}`]),
      ...(port === null ? [] : [`--port=${port}`]),
      ...(user === null ? [] : [`--user=${user}`]),
    ],
    password: given,
  }
}

/** The official images are told it by their environment. */
async function rootPassword(place: ProgramPlace, signal: AbortSignal): Promise<string | null> {
  for (const name of ['MARIADB_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD']) {
    const { code, stdout } = await place.run({ argv: ['printenv', name], env: {}, timeoutMs: askTimeoutMs, signal })
    const text = stdout.replace(/\r?\n$/, '')
    if (code === 0 && text !== '') return text
  }
  return null
}

/**
 * How a program is told the password: by a file that only we can read, which goes again; inside of a container, where no
 * file of ours is, by its environment.
 */
export async function withPassword<T>(
  { password, place }: Target,
  use: (first: readonly string[], env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (password === null) return use([], {})
  if (place.container !== null) return use([], { MYSQL_PWD: password })
  const dir = await mkdtemp(join(tmpdir(), 'belay-my-'))
  try {
    const file = join(dir, 'client.cnf')
    const text = password.replaceAll('\\', '\\\\')
    await atomicWrite(file, `[client]\npassword="${text}"\n`, { mode: 0o600 })
    return await use([`--defaults-extra-file=${file}`], {})
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** How a config names it; no secret is read for it. */
export function sourceOf({ database, url, host, port, socket, container }: MysqlBackupConfig): string {
  const given = url === undefined ? null : 'env' in url ? `$${url.env}` : url.file
  const address =
    host === undefined && port === undefined ? null : `${host ?? ''}${port === undefined ? '' : `:${port}`}`
  const where = container ?? socket ?? address ?? (database === undefined ? null : given)
  const name = database ?? given ?? ''
  return where === null ? name : `${name} at ${where}`
}
