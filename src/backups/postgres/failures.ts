import { type BelayError, BelayError as Failure, fail, problemOf } from '../../core/model/problem.ts'
import type { ProgramResult } from '../../host/data/database/program.ts'
import { lastLines } from '../../host/process/tail.ts'

/** Every sentence about a PostgreSQL database that cannot be saved or put back. */

interface Known {
  readonly said: RegExp
  readonly make: (what: string, last: string) => BelayError
}

const kinds: readonly Known[] = [
  {
    said: /server version mismatch/,
    make: (what, last) =>
      fail('E_COMMAND_FAILED', `${what}: pg_dump is older than the server`, {
        hint: 'Install the package postgresql-client-NN of the version of the server (its first number), or a newer one.',
        facts: { said: last },
      }),
  },
  {
    said: /No space left on device|\b53100\b/,
    make: (what, last) =>
      fail('E_DISK_FULL', `${what}: ${last}`, {
        hint: 'Free some space where the database server keeps its data, and where backups go, then try again.',
      }),
  },
  {
    said: /password authentication failed|no password supplied|authentication failed|no pg_hba\.conf entry|\b28(?:P01|000)\b|role "[^"]*" does not exist$/m,
    make: (what, last) =>
      fail('E_UNAUTHORIZED', `${what}: ${last}`, {
        hint: 'On the local socket the name of the system user counts: run belay as root, or name it as "system_user". Elsewhere give user and password, or the url that the application has.',
      }),
  },
  {
    said: /could not connect|could not translate host|connection to server .* failed|the database system is (?:starting|shutting)|timeout expired/,
    make: (what, last) =>
      fail('E_NETWORK', `${what}: ${last}`, {
        hint: 'Make sure that the server runs, and that host and port (or the folder of its socket) are right.',
        retryable: true,
      }),
  },
  {
    said: /\b42501\b|permission denied|must be owner/,
    make: (what, last) =>
      fail('E_PERMISSION', `${what}: ${last}`, {
        hint: 'Use a role that owns the database and everything in it, or the user postgres.',
      }),
  },
]

/** The last words of a program, without the prefixes that repeat its name. */
function lastWords({ stderr }: ProgramResult): string {
  const lines = lastLines(stderr, 200, 500)
  const telling = lines.find((line) => /(?:ERROR|FATAL|error):/.test(line)) ?? lines.at(-1) ?? 'it does not say why'
  return telling.replace(/^(?:psql:<stdin>:\d+: |psql: error: |pg_dump: error: |pg_restore: error: )+/, '')
}

/** `what`: what did not work. The text of the query is never repeated. */
export function programFailed(what: string, result: ProgramResult): BelayError {
  const last = lastWords(result)
  const known = kinds.find(({ said }) => said.test(result.stderr))
  if (known !== undefined) return known.make(what, last)
  return fail('E_COMMAND_FAILED', `${what}: ${last}`, {
    hint: 'Its words are in the report; the log of the database server may say more.',
    facts: { code: result.code, lines: [...lastLines(result.stderr, 10, 500)] },
  })
}

export function isInUse(error: unknown): boolean {
  return error instanceof Failure && /55006|being accessed by other users/.test(error.problem.message)
}

export function noProgram(error: unknown, name: string, container: string | null): unknown {
  if (problemOf(error).code !== 'E_COMMAND_NOT_FOUND') return error
  return programMissing(name, container, error)
}

export function programMissing(name: string, container: string | null, cause?: unknown): BelayError {
  return fail('E_COMMAND_NOT_FOUND', `there is no program "${name}"${container === null ? '' : ' in the container'}`, {
    hint:
      container === null
        ? 'Install the package postgresql-client; or name the container that the server runs in as "container".'
        : 'Name the container that the server itself runs in, or leave "container" out and give host, user and password.',
    facts: { program: name },
    cause,
  })
}

export function noDatabase(name: string): BelayError {
  return fail('E_BACKUP_FAILED', `there is no database ${name}`, {
    hint: 'Correct the name ("psql --list" shows them); or say "optional: true" when it may not be there yet.',
    facts: { database: name },
  })
}

export function tooOld(program: number, server: number): BelayError {
  return fail('E_BACKUP_FAILED', `pg_dump ${program} is older than the server, which is ${server}`, {
    hint: `Install the package postgresql-client-${server}, or a newer one.`,
    facts: { program, server },
  })
}

/** A backup that could not be put back would be no way back. */
export function noRights(role: string, database: string, owner: string): BelayError {
  return fail(
    'E_BACKUP_FAILED',
    `the role ${role} could not restore ${database}: it may not make databases, or does not own it`,
    {
      hint: `Let it: ALTER ROLE "${role}" CREATEDB; ALTER DATABASE "${database}" OWNER TO "${role}". Or leave user and url out and run belay as root, on the machine of the server: then it is restored as postgres.`,
      facts: { role, database, owner },
    },
  )
}

export function stillInUse(database: string, cause: unknown): BelayError {
  return fail('E_SERVICE_STOP', `${database} is in use: its data cannot be replaced`, {
    hint: 'Stop what holds it (prepared transactions and replication, too: pg_stat_activity, pg_prepared_xacts), then go on.',
    retryable: true,
    facts: { database },
    cause,
  })
}

export function notDump(result: ProgramResult): BelayError {
  return fail('E_BACKUP_UNREADABLE', `pg_restore cannot read the dump that was just made: ${lastWords(result)}`, {
    hint: 'Check the disk of the place for backups.',
  })
}

export function notRestored(database: string, result: ProgramResult): BelayError {
  const failed = programFailed(`the backup of ${database} cannot be restored`, result)
  return missingRole(database, failed) ?? failed
}

/** Roles belong to the whole server, and are no part of a database's dump. null: something else. */
export function missingRole(database: string, cause: unknown): BelayError | null {
  const role = /role "([^"]+)" does not exist/.exec(problemOf(cause).message)?.[1]
  if (role === undefined) return null
  return fail('E_BACKUP_FAILED', `the backup of ${database} needs the role ${role}, which the server does not have`, {
    hint: `Make it again (CREATE ROLE "${role}"), then go on: roles belong to the server and are not part of a backup.`,
    facts: { database, role },
    cause,
  })
}
