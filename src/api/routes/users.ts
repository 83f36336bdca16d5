import { z } from 'zod'
import { passwordFault } from '../../core/access/password.ts'
import { covers } from '../../core/access/scope.ts'
import { fail } from '../../core/model/problem.ts'
import {
  passwordChangeSchema,
  scopeChangeSchema,
  userAddSchema,
  userListSchema,
  userParamsSchema,
} from '../../protocol/api/access.ts'
import { record } from '../access/record.ts'
import { type Exchange, type Route, route } from '../route.ts'

const nothing = z.object({})

export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/users',
    scope: 'admin',
    summary: 'Who may log in.',
    answer: userListSchema,
    handle: async (_input, { ports }) => ({ users: [...ports.access.accounts.users()] }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/users',
    scope: 'admin',
    summary: 'Adds a user.',
    body: userAddSchema,
    answer: userListSchema,
    status: 201,
    async handle({ body: { name, scope, password } }, exchange) {
      const { accounts, passwords } = exchange.ports.access
      refuse(passwordFault(password, name))
      accounts.addUser({ name, scope, record: await passwords.hash(password) })
      await record(exchange, { action: 'user-add', target: name, outcome: scope })
      return { users: [...accounts.users()] }
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/users/{name}',
    scope: 'admin',
    summary: 'Removes a user and ends their sessions. The last admin stays.',
    params: userParamsSchema,
    answer: nothing,
    async handle({ params: { name } }, exchange) {
      exchange.ports.access.accounts.removeUser(name)
      await record(exchange, { action: 'user-remove', target: name, outcome: 'ok' })
      return {}
    },
  }),
  route({
    method: 'PUT',
    path: '/api/v1/users/{name}/scope',
    scope: 'admin',
    summary: 'Changes what a user may do, and ends their sessions. The last admin stays one.',
    params: userParamsSchema,
    body: scopeChangeSchema,
    answer: nothing,
    async handle({ params: { name }, body: { scope } }, exchange) {
      exchange.ports.access.accounts.setScope(name, scope)
      await record(exchange, { action: 'user-scope', target: name, outcome: scope })
      return {}
    },
  }),
  route({
    method: 'PUT',
    path: '/api/v1/users/{name}/password',
    scope: 'read',
    summary: "Changes one's own password, or, as an admin, another's. Ends all other sessions of that user.",
    params: userParamsSchema,
    body: passwordChangeSchema,
    answer: nothing,
    async handle({ params: { name }, body: { password, current } }, exchange) {
      const { accounts, passwords } = exchange.ports.access
      const own = await mayChange(exchange, name, current)
      refuse(passwordFault(password, name))
      accounts.setPassword(name, await passwords.hash(password), own ?? '')
      await record(exchange, { action: 'user-password', target: name, outcome: 'ok' })
      return {}
    },
  }),
]

/** Who is at somebody's desk does not have their password: one's own is asked for. Gives the session that stays. */
async function mayChange({ caller, ports, head }: Exchange, name: string, current = ''): Promise<string | null> {
  if (caller.kind === 'session' && caller.name === name) {
    if (await ports.access.logins.confirm(head, { name, password: current })) return caller.id
    throw fail('E_FORBIDDEN', 'The current password is wrong.', { hint: 'Type the password that you have now.' })
  }
  if (caller.kind !== 'nobody' && covers(caller.scope, 'admin')) return null
  throw fail('E_FORBIDDEN', "Only an admin sets another's password.", { hint: 'Ask an admin.' })
}

function refuse(fault: Error | null): void {
  if (fault !== null) throw fault
}
