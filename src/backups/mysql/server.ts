import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { ProgramInput, ProgramResult } from '../../host/data/database/program.ts'
import { isNoProgram, programFailed, programMissing } from './failures.ts'
import { type Target, withPassword } from './target.ts'

const queryTimeoutMs = 10 * 60_000
/** A dump or a load of what a self-hoster has; it is there so that nothing hangs for ever. */
const workTimeoutMs = 24 * 60 * 60_000
/** The exit code of container engines when the program is not in the container. */
const notFoundCodes: ReadonlySet<number> = new Set([126, 127])
const turnSeconds = 300
const endingsMax = 50
const endingMs = 100
/** Of the newer name first: what is there under the older one may be a link to it. */
const clients = ['mariadb', 'mysql'] as const
const dumpers = ['mariadb-dump', 'mysqldump'] as const

type Io = Pick<ProgramInput, 'stdin' | 'stdout'>

/** A server as its own programs reach it. */
export interface Server {
  readonly database: string
  readonly isMariadb: boolean
  /** Runs statements one by one and gives the rows. `onError: 'skip'` goes on after those that fail. */
  sql(statements: readonly string[], onError?: 'stop' | 'skip'): Promise<readonly (readonly string[])[]>
  /** Runs a script in a database. */
  load(database: string, io: Io): Promise<void>
  /** Whatever its code. */
  dump(args: readonly string[], io: Io): Promise<ProgramResult>
}

/** Errors: E_COMMAND_NOT_FOUND, E_NETWORK, E_UNAUTHORIZED. */
export async function openServer(target: Target, signal: AbortSignal): Promise<Server> {
  const { place } = target
  const start = async (names: readonly string[], args: readonly string[], io: Io, timeoutMs: number) => {
    for (const name of names) {
      const result = await withPassword(target, (first, env) =>
        place.run({
          argv: [name, ...first, ...target.args, '--default-character-set=utf8mb4', ...args],
          env: { LC_ALL: 'C', ...env },
          timeoutMs,
          signal,
          ...io,
        }),
      ).catch((error: unknown) => {
        if (isNoProgram(error)) return null
        throw error
      })
      if (result !== null && !(place.container !== null && notFoundCodes.has(result.code ?? 0))) return result
    }
    throw programMissing(names, place.container)
  }
  // A program that outlived a killed belay works on to its end: whoever comes after it waits, and then looks.
  const lock = `belay ${createHash('sha256').update(target.database).digest('hex').slice(0, 32)}`
  const turn = ["SET SESSION sql_mode = ''", `DO GET_LOCK('${lock}', ${turnSeconds})`]
  const sql: Server['sql'] = async (statements, onError = 'stop') => {
    const script = [...turn, ...statements].map((statement) => `${statement};\n`).join('')
    const args = ['--batch', '--skip-column-names', ...(onError === 'skip' ? ['--force'] : [])]
    const result = await start(clients, args, { stdin: script }, queryTimeoutMs)
    if (result.code !== 0 && onError === 'stop') throw programFailed(`${place.describe}: ${target.database}`, result)
    return rowsOf(result.stdout)
  }
  const [[version = ''] = []] = await sql(['SELECT VERSION()'])
  const isMariadb = /mariadb/i.test(version)
  return {
    database: target.database,
    isMariadb,
    sql,
    load: async (database, io) => {
      const result = await start(clients, ['--skip-reconnect', '--max-allowed-packet=1G', database], io, workTimeoutMs)
      if (result.code !== 0) throw programFailed(`the backup of ${target.database} cannot be restored`, result)
    },
    // A client of MySQL asks its own server for what MariaDB does not have.
    dump: (args, io) => start(isMariadb ? dumpers : [...dumpers].toReversed(), args, io, workTimeoutMs),
  }
}

/** Batch output: one row a line, columns apart by a tab, both escaped inside of a value. */
function rowsOf(stdout: string): readonly (readonly string[])[] {
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => line.split('\t').map(unescaped))
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', '0': '\0', '\\': '\\' }

function unescaped(value: string): string {
  return value.replaceAll(/\\([tn0\\])/g, (_, letter: string) => escapes[letter] ?? letter)
}

/** An identifier, and a text, as SQL writes them (sql_mode is empty). */
export const id = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Ends every session that works in these databases, also of programs that outlived us, and waits until they are gone. */
export async function endSessions(server: Server, databases: readonly string[]): Promise<void> {
  const names = databases.map(text).join(', ')
  // Who comes back at once is not waited for for ever: what then needs a table says so.
  for (let n = 1; n <= endingsMax; n++) {
    const rows = await server.sql([
      `SELECT id FROM information_schema.processlist WHERE db IN (${names}) AND id <> CONNECTION_ID() AND command <> 'Daemon'`,
    ])
    const ids = rows.flatMap(([session]) => (session !== undefined && /^\d+$/.test(session) ? [session] : []))
    if (ids.length === 0) return
    await server.sql(
      ids.map((session) => `KILL ${session}`),
      'skip',
    )
    await setTimeout(endingMs)
  }
}
