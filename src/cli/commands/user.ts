import { userNameSchema } from '../../core/access/names.ts'
import { passwordFault } from '../../core/access/password.ts'
import type { Scope } from '../../core/access/scope.ts'
import { fail } from '../../core/model/problem.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { withAccess } from '../access.ts'
import { usersLines } from '../render/access.ts'

export interface UserFlags {
  readonly scope?: Scope
}

/** `{"users":[User, …]}` */
export async function listUsers(context: Context): Promise<ExitCode> {
  return withAccess(context, async ({ accounts }) => {
    const users = accounts.users()
    answer(context, { users }, (reader) => usersLines(users, reader))
    return 0
  })
}

/** `{"user":{"name","scope"}}`. The password is asked for, or read from standard input: never an argument. */
export async function addUser(context: Context, typed: string, flags: UserFlags): Promise<ExitCode> {
  const name = nameOf(typed)
  return withAccess(context, async ({ accounts, passwords, setupSecret, record }) => {
    const users = accounts.users()
    if (users.some((user) => user.name === name)) throw taken(name)
    const scope = flags.scope ?? (users.length === 0 ? 'admin' : 'read')
    const password = await newPassword(context, name)
    accounts.addUser({ name, scope, record: await passwords.hash(password) })
    setupSecret.forget()
    await record({ action: 'user-add', target: name, outcome: scope })
    answer(context, { user: { name, scope } }, () => [`${name} can log in now, with the scope ${scope}.`])
    return 0
  })
}

/** `{"user":{"name"}}`. Ends all sessions of the user. */
export async function setPassword(context: Context, typed: string): Promise<ExitCode> {
  const name = nameOf(typed)
  return withAccess(context, async ({ accounts, passwords, record }) => {
    if (accounts.passwordRecord(name) === null) {
      throw fail('E_NOT_FOUND', `There is no user ${name}.`, { hint: 'See: belay user list' })
    }
    const password = await newPassword(context, name)
    accounts.setPassword(name, await passwords.hash(password))
    await record({ action: 'user-password', target: name, outcome: 'ok' })
    answer(context, { user: { name } }, () => [`${name} has a new password, and is logged out everywhere.`])
    return 0
  })
}

/** `{"user":{"name"}}` */
export async function removeUser(context: Context, typed: string): Promise<ExitCode> {
  const name = nameOf(typed)
  return withAccess(context, async ({ accounts, record }) => {
    accounts.removeUser(name)
    await record({ action: 'user-remove', target: name, outcome: 'ok' })
    answer(context, { user: { name } }, () => [`${name} is removed, and logged out everywhere.`])
    return 0
  })
}

function nameOf(typed: string): string {
  const parsed = userNameSchema.safeParse(typed)
  if (parsed.success) return parsed.data
  throw fail('E_USAGE', `${typed.slice(0, 64)} is no name for a user.`, {
    hint: `${parsed.error.issues[0]?.message ?? 'Take another one'}.`,
  })
}

function taken(name: string) {
  return fail('E_USAGE', `There is a user ${name} already.`, {
    hint: `Take another name, or set a new password: belay user password ${name}`,
  })
}

async function newPassword(context: Context, name: string): Promise<string> {
  const { io } = context
  const once = async (question: string) => {
    const typed = await io.askSecret(question, new AbortController().signal)
    if (typed !== null) return typed
    throw fail('E_USAGE', 'No password was given.', { hint: 'Type it, or hand it over on standard input.' })
  }
  const password = await once('Password: ')
  const fault = passwordFault(password, name)
  if (fault !== null) throw fault
  // A person cannot see what was typed; a program that writes into a pipe typed nothing.
  if (io.canAsk && (await once('The same again: ')) !== password) {
    throw fail('E_USAGE', 'The two passwords differ.', { hint: 'Try again.' })
  }
  return password
}
