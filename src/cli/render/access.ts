import type { Token, User } from '../../ports/accounts.ts'
import type { Reader } from './problem.ts'
import { table } from './table.ts'
import { ago, moment } from '../../protocol/words/units.ts'

export function usersLines(users: readonly User[], { look, now }: Reader): string[] {
  if (users.length === 0) return ['There is no user yet. The first one is an admin: belay user add NAME']
  const rows = users.map(({ name, scope, created, last_login }) => [
    { text: name, tone: 'strong' } as const,
    { text: scope },
    { text: ago(created, now) },
    { text: last_login === null ? 'never' : ago(last_login, now) },
  ])
  return table(rows, look, { head: ['name', 'scope', 'added', 'last login'] })
}

export function tokensLines(tokens: readonly Token[], { look, now }: Reader): string[] {
  if (tokens.length === 0) return ['There are no tokens. A program gets one of its own: belay token create NAME']
  const rows = tokens.map(({ id, name, scope, created, last_used, expires }) => [
    { text: id },
    { text: name, tone: 'strong' } as const,
    { text: scope },
    { text: ago(created, now) },
    { text: last_used === null ? 'never' : ago(last_used, now) },
    { text: expiryText(expires, now) },
  ])
  return table(rows, look, { head: ['id', 'name', 'scope', 'made', 'last used', 'expires'] })
}

function expiryText(expires: string | null, now: number): string {
  if (expires === null) return 'never'
  return Date.parse(expires) <= now ? 'expired' : ago(expires, now)
}

/** The token alone on its line, to be taken from there. */
export function tokenMadeLines(
  { id, name, scope, expires }: Pick<Token, 'id' | 'name' | 'scope' | 'expires'>,
  token: string,
  { look }: Reader,
): string[] {
  return [
    `${look.text(name)} (${id}) has the scope ${scope}${expires === null ? '' : `, until ${moment(expires)}`}. It is shown this once and kept nowhere:`,
    '',
    token,
    '',
    'A program sends it as a header: authorization: Bearer belay_…',
  ]
}
