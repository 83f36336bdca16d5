import { z } from 'zod'
import { digestOf, secretBytes, tokenOf } from '../../core/access/secret.ts'
import { fail } from '../../core/model/problem.ts'
import { tokenAddSchema, tokenListSchema, tokenMadeSchema, tokenParamsSchema } from '../../protocol/api/access.ts'
import { record } from '../access/record.ts'
import { type Route, route } from '../route.ts'

export const tokenRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/tokens',
    scope: 'admin',
    summary: 'What programs log in with; the tokens themselves are kept nowhere.',
    answer: tokenListSchema,
    handle: async (_input, { ports }) => ({ tokens: [...ports.access.accounts.tokens()] }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/tokens',
    scope: 'admin',
    summary: 'Makes a token. The answer shows it, once.',
    body: tokenAddSchema,
    answer: tokenMadeSchema,
    status: 201,
    async handle({ body: { name, scope, expires: given } }, exchange) {
      const { clock, access } = exchange.ports
      const expires = given === undefined ? null : new Date(given).toISOString()
      if (expires !== null && Date.parse(expires) <= clock.now()) {
        throw fail('E_USAGE', 'The token would have expired already.', { hint: 'Give a time to come.' })
      }
      const token = tokenOf(clock.randomHex(secretBytes))
      const id = `t-${clock.randomHex(6)}`
      await record(exchange, { action: 'token-create', target: id, outcome: scope })
      access.accounts.addToken({ id, name, scope, digest: digestOf(token), expires })
      return { id, name, scope, created: new Date(clock.now()).toISOString(), last_used: null, expires, token }
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/tokens/{id}',
    scope: 'admin',
    summary: 'Revokes a token, at once.',
    params: tokenParamsSchema,
    answer: z.object({}),
    async handle({ params: { id } }, exchange) {
      exchange.ports.access.accounts.removeToken(id)
      await record(exchange, { action: 'token-revoke', target: id, outcome: 'ok' })
      return {}
    },
  }),
]
