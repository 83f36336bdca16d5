import { covers } from '../../core/access/scope.ts'
import { csrfOf, digestOf } from '../../core/access/secret.ts'
import { loginSchema, type SessionAnswer, sessionAnswerSchema, setupSchema } from '../../protocol/api/access.ts'
import { credentialsOf, endedCookie, sessionCookie } from '../access/credentials.ts'
import { limitOf } from '../access/gate.ts'
import { record } from '../access/record.ts'
import { type Exchange, type Route, route } from '../route.ts'

const path = '/api/v1/session'

export const sessionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path,
    scope: 'public',
    summary: 'Who is logged in, and what may be done from here.',
    answer: sessionAnswerSchema,
    handle: async (_input, exchange) => sessionAnswer(exchange, ownSession(exchange)),
  }),
  route({
    method: 'POST',
    path,
    scope: 'public',
    summary: 'Logs in.',
    body: loginSchema,
    answer: sessionAnswerSchema,
    handle: async ({ body }, exchange) =>
      begun(exchange, await exchange.ports.access.logins.login(exchange.head, body)),
  }),
  route({
    method: 'DELETE',
    path,
    scope: 'read',
    summary: 'Logs out.',
    answer: null,
    async handle(_input, exchange) {
      const { caller, ports, head } = exchange
      if (caller.kind === 'session') {
        ports.access.accounts.removeSession(caller.id)
        await record(exchange, { action: 'logout', target: null, outcome: 'ok' })
      }
      return new Response(null, { status: 204, headers: { 'set-cookie': endedCookie(head.secure) } })
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/setup',
    scope: 'public',
    summary: 'Makes the first user, for whoever knows the secret that the agent printed.',
    body: setupSchema,
    answer: sessionAnswerSchema,
    handle: async ({ body }, exchange) =>
      begun(exchange, await exchange.ports.access.logins.setup(exchange.head, body)),
  }),
]

async function begun(exchange: Exchange, session: string): Promise<Response> {
  const body = await sessionAnswer(exchange, session)
  return Response.json(body, { headers: { 'set-cookie': sessionCookie(session, exchange.head.secure) } })
}

/** The id itself, of the session that the gate found. */
function ownSession({ caller, head }: Exchange): string | null {
  if (caller.kind !== 'session') return null
  return credentialsOf(head.headers, head.secure).sessions.find((id) => digestOf(id) === caller.id) ?? null
}

async function sessionAnswer({ ports, head, caller }: Exchange, session: string | null): Promise<SessionAnswer> {
  const { accounts, hostName } = ports.access
  const limit = await ports.use(async ({ settings }) => limitOf(head, settings.agent.access.remote))
  const found = session === null ? null : accounts.useSession(digestOf(session))
  const own = found === null ? null : { name: found.user, scope: covers(limit, found.scope) ? found.scope : limit }
  const program = caller.kind === 'token' ? { name: caller.name, scope: caller.scope } : null
  return {
    setup_needed: accounts.users().length === 0,
    user: own ?? program,
    csrf: session === null || own === null ? null : csrfOf(session),
    read_only: limit === 'read',
    host: hostName,
    version: ports.version,
  }
}
