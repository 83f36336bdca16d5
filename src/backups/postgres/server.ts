import { createHash } from 'node:crypto'
import type { ProgramInput, ProgramResult } from '../../host/data/database/program.ts'
import { noProgram, programFailed, programMissing, tooOld } from './failures.ts'
import { programOf, type Target } from './target.ts'

const queryTimeoutMs = 10 * 60_000
/** A dump or a restore of what a self-hoster has; it is there so that nothing hangs for ever. */
const workTimeoutMs = 24 * 60 * 60_000
/** The exit code of container engines when the program is not in the container. */
const notFoundCodes: ReadonlySet<number> = new Set([126, 127])

type Io = Pick<ProgramInput, 'stdin' | 'stdout'>

/** A server as its own programs reach it. */
export interface Server {
  readonly database: string
  readonly major: number
  /** Runs statements one by one, in a database that nobody keeps data in, and gives what they say. */
  sql(statements: readonly string[]): Promise<string>
  /** The same, and what came out parsed as one JSON document; null: nothing came. */
  json(query: string): Promise<unknown>
  /** pg_dump or pg_restore of the server's version, whatever its code. */
  program(name: 'pg_dump' | 'pg_restore', args: readonly [string, ...string[]], io: Io): Promise<ProgramResult>
}

/** Errors: E_COMMAND_NOT_FOUND, E_NETWORK, E_UNAUTHORIZED, E_BACKUP_FAILED (programs too old). */
export async function openServer(target: Target, signal: AbortSignal): Promise<Server> {
  const start = async (name: string, args: readonly string[], io: Io, timeoutMs: number, env = {}) => {
    const input: ProgramInput = { argv: [name, ...args], env: { ...target.env, ...env }, timeoutMs, signal, ...io }
    const result = await target.place.run(input).catch((error: unknown) => {
      throw noProgram(error, name, target.place.container)
    })
    if (target.place.container !== null && notFoundCodes.has(result.code ?? 0)) {
      throw programMissing(name, target.place.container)
    }
    return result
  }
  const psql = (into: string, stdin: string) =>
    start(
      'psql',
      ['--no-psqlrc', '--no-password', '--tuples-only', '--no-align', '--quiet', '--file=-'],
      { stdin: `\\set VERBOSITY verbose\n\\set ON_ERROR_STOP on\n${stdin}` },
      queryTimeoutMs,
      { PGDATABASE: into },
    )
  const { major, main } = await meet(psql, target.database)
  // A program that outlived a killed belay works on to its end: whoever comes after it waits, and then looks.
  const lock = createHash('sha256').update(target.database).digest().readBigInt64BE()
  const turn = `DO $belay$ BEGIN PERFORM pg_advisory_lock(${lock}); END $belay$`
  const sql = async (statements: readonly string[]): Promise<string> => {
    const result = await psql(main, [turn, ...statements].map((statement) => `${statement};\n`).join(''))
    if (result.code !== 0) throw programFailed(`${target.place.describe}: ${target.database}`, result)
    return result.stdout.trim()
  }
  return {
    database: target.database,
    major,
    sql,
    json: async (query) => {
      const text = await sql([query])
      return text === '' ? null : JSON.parse(text)
    },
    program: async (name, args, io) => {
      const file = await programOf(target, name, major)
      return start(file, args, io, workTimeoutMs)
    },
  }
}

/** What every server has, and nobody keeps data in; the second is there where the first was removed. */
const meetingPlaces = ['postgres', 'template1'] as const

async function meet(psql: (into: string, stdin: string) => Promise<ProgramResult>, database: string) {
  let first: ProgramResult | null = null
  for (const main of meetingPlaces.filter((name) => name !== database)) {
    const result = await psql(main, 'SHOW server_version_num;\n')
    if (result.code === 0) return { main, major: Math.floor(Number(result.stdout.trim()) / 10_000) }
    first ??= result
  }
  throw programFailed('the database server cannot be asked', first ?? { code: null, stdout: '', stderr: '' })
}

/** pg_dump refuses a newer server: better said before anything is stopped. Errors: E_BACKUP_FAILED. */
export async function checkPrograms(server: Server): Promise<void> {
  const { stdout, stderr, code } = await server.program('pg_dump', ['--version'], {})
  const major = Number(/\s(\d+)(?:\.|\w|$)/.exec(stdout)?.[1] ?? 'NaN')
  if (code !== 0) throw programFailed('pg_dump cannot be run', { code, stdout, stderr })
  if (major < server.major) throw tooOld(major, server.major)
}

/** An identifier, and a text, as SQL writes them. */
export const id = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const text = (value: string): string => {
  const quoted = `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  // Whatever standard_conforming_strings says there.
  return value.includes('\\') ? `E${quoted}` : quoted
}

/** Which of these databases are there. */
export async function existing(server: Server, names: readonly string[]): Promise<ReadonlySet<string>> {
  const wanted = names.map(text).join(', ')
  const found = await server.sql([`SELECT datname FROM pg_database WHERE datname IN (${wanted})`])
  return new Set(found.split('\n'))
}

/** Also where a program that outlived us still works in it; one that is not there is fine. */
export function dropStatements(server: Server, name: string): readonly string[] {
  const force = server.major >= 13 ? ' WITH (FORCE)' : ''
  return [endSessions(name), `DROP DATABASE IF EXISTS ${id(name)}${force}`]
}

/** The server's own workers belong to nobody, and go by themselves. */
export function endSessions(name: string): string {
  return `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ${text(name)} AND pid <> pg_backend_pid() AND usesysid IS NOT NULL`
}
