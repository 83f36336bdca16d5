import { tokenIdSchema, tokenNameSchema } from '../../core/access/names.ts'
import type { Scope } from '../../core/access/scope.ts'
import { digestOf, secretBytes, tokenOf } from '../../core/access/secret.ts'
import { fail } from '../../core/model/problem.ts'
import { parseDuration } from '../../protocol/units.ts'
import { withAccess } from '../access.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { tokenMadeLines, tokensLines } from '../render/access.ts'

export interface TokenFlags {
  readonly scope: Scope
  /** Such as `90d`. */
  readonly expires?: string
}

/** `{"tokens":[Token, …]}` */
export async function listTokens(context: Context): Promise<ExitCode> {
  return withAccess(context, async ({ accounts }) => {
    const tokens = accounts.tokens()
    answer(context, { tokens }, (reader) => tokensLines(tokens, reader))
    return 0
  })
}

/** `{"token":{"id","name","scope","expires","token"}}`: the one time that it is shown. */
export async function createToken(context: Context, name: string, { scope, expires }: TokenFlags): Promise<ExitCode> {
  if (!tokenNameSchema.safeParse(name).success) {
    throw fail('E_USAGE', 'That is no name for a token.', {
      hint: 'Say what it is for, such as monitoring, in at most 64 letters.',
    })
  }
  const until = expires === undefined ? null : expiry(expires, context.io.now())
  return withAccess(context, async ({ accounts, record, randomHex }) => {
    const token = tokenOf(randomHex(secretBytes))
    const made = { id: `t-${randomHex(6)}`, name, scope, expires: until }
    await record({ action: 'token-create', target: made.id, outcome: scope })
    accounts.addToken({ ...made, digest: digestOf(token) })
    answer(context, { token: { ...made, token } }, (reader) => tokenMadeLines(made, token, reader))
    return 0
  })
}

/** `{"token":Token}` */
export async function revokeToken(context: Context, id: string): Promise<ExitCode> {
  if (!tokenIdSchema.safeParse(id).success) {
    throw fail('E_USAGE', 'A token is revoked by its id, such as t-0123456789ab.', { hint: 'See: belay token list' })
  }
  return withAccess(context, async ({ accounts, record }) => {
    const token = accounts.removeToken(id)
    await record({ action: 'token-revoke', target: id, outcome: 'ok' })
    answer(context, { token }, () => [`${token.name} (${id}) is revoked. Whoever uses it is refused from now on.`])
    return 0
  })
}

function expiry(text: string, now: number): string {
  const ms = parseDuration(text)
  if (ms !== null && ms > 0) return new Date(now + ms).toISOString()
  throw fail('E_USAGE', '--expires takes how long it is valid, such as 90d.', {
    hint: 'Leave it out for one that does not end.',
  })
}
