import { BelayError, fail, problemOf } from '../../core/model/problem.ts'
import type { ProgramResult } from '../../host/data/database/program.ts'
import { lastLines } from '../../host/process/tail.ts'

/** Every sentence about a MySQL or MariaDB database that cannot be saved or put back. */

interface Known {
  readonly said: RegExp
  readonly make: (what: string, last: string) => BelayError
}

const kinds: readonly Known[] = [
  {
    said: /\((?:1021|1114|1041|28)\b|ERROR (?:1021|1114)\b|No space left on device|errno: 28\b|is full/,
    make: (what, last) =>
      fail('E_DISK_FULL', `${what}: ${last}`, {
        hint: 'Free some space where the database server keeps its data, and where backups go, then try again.',
      }),
  },
  {
    said: /\b(?:1045|1698|1130|2059|1049 .*denied)\b/,
    make: (what, last) =>
      fail('E_UNAUTHORIZED', `${what}: ${last}`, {
        hint: 'On the local socket the server knows root by its name: run belay as root and leave user and password out. Elsewhere give user and password, or the url that the application has.',
      }),
  },
  {
    said: /\b(?:2002|2003|2005|2006|2013|1040|1053)\b/,
    make: (what, last) =>
      fail('E_NETWORK', `${what}: ${last}`, {
        hint: 'Make sure that the server runs, and that host and port, or socket, are right.',
        retryable: true,
      }),
  },
  {
    said: /\b(?:1044|1142|1227|1370)\b/,
    make: (what, last) =>
      fail('E_PERMISSION', `${what}: ${last}`, {
        hint: 'Use a user that may do everything with this database and with those named after it: GRANT ALL ON `NAME%`.* TO …; or run belay as root on the machine of the server.',
      }),
  },
]

function lastWords({ stderr }: ProgramResult): string {
  const lines = lastLines(stderr, 200, 500)
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'it does not say why').replace(
    /^(?:mariadb-dump|mysqldump|mariadb|mysql): /,
    '',
  )
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

/** A table was changed, made or removed while the dump was made. */
export function isMoving({ stderr }: ProgramResult): boolean {
  return /\b(?:1412|1146|1356|1305)\b/.test(stderr)
}

export function isLocked(error: unknown): boolean {
  return error instanceof BelayError && /\b(?:1205|1213)\b/.test(error.problem.message)
}

export function programMissing(names: readonly string[], container: string | null, cause?: unknown): BelayError {
  const what = names.map((name) => `"${name}"`).join(' or ')
  return fail('E_COMMAND_NOT_FOUND', `there is no program ${what}${container === null ? '' : ' in the container'}`, {
    hint:
      container === null
        ? 'Install the package mariadb-client (or default-mysql-client); or name the container that the server runs in as "container".'
        : 'Name the container that the server itself runs in, or leave "container" out and give host, user and password.',
    facts: { programs: [...names] },
    cause,
  })
}

export function isNoProgram(error: unknown): boolean {
  return problemOf(error).code === 'E_COMMAND_NOT_FOUND'
}

export function noDatabase(name: string): BelayError {
  return fail('E_BACKUP_FAILED', `there is no database ${name}`, {
    hint: 'Correct the name ("SHOW DATABASES" lists them); or say "optional: true" when it may not be there yet.',
    facts: { database: name },
  })
}

/** A backup that could not be put back would be no way back. */
export function noRights(database: string, cause: unknown): BelayError {
  return fail('E_BACKUP_FAILED', `${database} could not be restored: ${problemOf(cause).message}`, {
    hint: `A restore makes databases beside it. Let the user: GRANT ALL ON \`${database}\\_belay%\`.* TO …; or run belay as root on the machine of the server.`,
    facts: { database },
    cause,
  })
}

export function changing(database: string): BelayError {
  return fail('E_BACKUP_FAILED', `tables of ${database} were changed each time while they were saved`, {
    hint: 'Try again when nothing migrates or maintains the database.',
    retryable: true,
    facts: { database },
  })
}

export function cutOff(file: string): BelayError {
  return fail('E_BACKUP_UNREADABLE', `the dump that was just made ends too early: ${file}`, {
    hint: 'Check the disk of the place for backups, and the log of the database server.',
    facts: { file },
  })
}

export function stillInUse(database: string, cause: unknown): BelayError {
  return fail('E_SERVICE_STOP', `${database} is in use: its data cannot be replaced`, {
    hint: 'Stop what holds it ("SHOW PROCESSLIST" shows it), then go on.',
    retryable: true,
    facts: { database },
    cause,
  })
}

/** Named where a person reads of the backup. */
export function lockedNote(tables: readonly string[]): string {
  const some = tables.slice(0, 5).join(', ')
  return `${some}${tables.length > 5 ? ' …' : ''}: no transactions (not InnoDB), so whoever writes had to wait while the database was saved`
}

export function notTheSame(database: string, missing: readonly string[]): BelayError {
  return fail('E_BACKUP_UNREADABLE', `the copy of ${database} lacks tables: ${missing.slice(0, 10).join(', ')}`, {
    hint: 'Use another backup: "belay backups list" shows them.',
    facts: { database, missing: missing.slice(0, 100) },
  })
}
