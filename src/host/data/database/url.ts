import { fail } from '../../../core/model/problem.ts'

/** What a database URL says; null where it does not. */
export interface DatabaseUrl {
  readonly host: string | null
  readonly port: number | null
  readonly user: string | null
  readonly password: string | null
  readonly database: string | null
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads `postgresql://…`, `mysql://…` and what libraries made of them (`postgresql+asyncpg://`). Errors: E_CONFIG_INVALID,
 * which never repeats it: there may be a password in it.
 */
export function parseDatabaseUrl(text: string, schemes: readonly string[]): DatabaseUrl {
  const [, scheme = '', authority = '', database, query] =
    /^([a-z0-9]+)(?:\+[a-z0-9_]+)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(text) ?? []
  // Not by the rules of the web: there a user without a host is an error, and here it is the local socket.
  const at = authority.lastIndexOf('@')
  const [, user, password] = /^([^:]*)(?::(.*))?$/.exec(authority.slice(0, Math.max(at, 0))) ?? []
  const place = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(authority.slice(at + 1))
  if (!schemes.includes(scheme.toLowerCase()) || place === null) throw invalid(schemes)
  const parameters = new Map(new URLSearchParams(query ?? ''))
  try {
    return {
      host: parameters.get('host') ?? parameters.get('unix_socket') ?? part(place[1] ?? place[2]),
      port: place[3] === undefined ? null : Number(place[3]),
      user: part(user),
      password: part(password),
      database: part(database),
      parameters,
    }
  } catch {
    // A stray %.
    throw invalid(schemes)
  }
}

function part(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : decodeURIComponent(text)
}

function invalid(schemes: readonly string[]) {
  return fail('E_CONFIG_INVALID', `the url of the database is none that begins with ${schemes[0] ?? ''}://`, {
    hint: `It looks like ${schemes[0] ?? ''}://user:password@host:port/name; letters such as @ or / in a password are written as %40 or %2F.`,
  })
}
