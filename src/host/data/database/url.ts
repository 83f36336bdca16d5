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
  const scheme = /^([a-z0-9]+)(?:\+[a-z0-9_]+)?:\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined || !schemes.includes(scheme)) throw invalid(schemes)
  // A scheme of the web would have a default port, which then cannot be written.
  const rest = text.slice(text.indexOf('://'))
  try {
    const url = new URL(`x${rest}`)
    const host = bare(url.hostname)
    return {
      host: url.searchParams.get('host') ?? url.searchParams.get('unix_socket') ?? host,
      port: url.port === '' ? null : Number(url.port),
      user: part(url.username),
      password: part(url.password),
      database: part(url.pathname.slice(1)),
      parameters: url.searchParams.size === 0 ? new Map() : new Map(url.searchParams),
    }
  } catch {
    throw invalid(schemes)
  }
}

function bare(hostname: string): string | null {
  if (hostname === '') return null
  return decodeURIComponent(hostname.replace(/^\[(.*)\]$/, '$1'))
}

function part(text: string): string | null {
  return text === '' ? null : decodeURIComponent(text)
}

function invalid(schemes: readonly string[]) {
  return fail('E_CONFIG_INVALID', `the url of the database is none that begins with ${schemes[0] ?? ''}://`, {
    hint: `It looks like ${schemes[0] ?? ''}://user:password@host:port/name; letters such as @ or / in a password are written as %40 or %2F.`,
  })
}
