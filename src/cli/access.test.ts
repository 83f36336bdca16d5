import { expect, test } from 'vitest'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import type { AuditEvent } from '../ports/access.ts'
import type { Accounts } from '../ports/accounts.ts'
import { runCli } from './program.ts'

const password = 'correct horse battery'

function world() {
  const users = new Map<string, { scope: 'read' | 'operate' | 'admin'; record: string }>()
  const tokens: Parameters<Accounts['addToken']>[0][] = []
  const events: Pick<AuditEvent, 'action' | 'target' | 'outcome'>[] = []
  const accounts: Partial<Accounts> = {
    users: () =>
      [...users].map(([name, { scope }]) => ({ name, scope, created: '2026-11-18T00:00:00Z', last_login: null })),
    passwordRecord: (name) => users.get(name)?.record ?? null,
    addUser: ({ name, scope, record }) => users.set(name, { scope, record }) !== null,
    setPassword: (name, record) => void users.set(name, { scope: 'admin', record }),
    removeUser: (name) => void users.delete(name),
    tokens: () =>
      tokens.map(({ id, name, scope, expires }) => ({
        id,
        name,
        scope,
        expires,
        created: '2026-11-18T00:00:00Z',
        last_used: null,
      })),
    addToken: (token) => void tokens.push(token),
    removeToken: (id) => ({ id, name: 'ci', scope: 'read', created: '', last_used: null, expires: null }),
  }
  const ports = portsWith(null, {
    access: async () => ({
      accounts: accounts as Accounts,
      passwords: { hash: async (text) => `hash of ${text.length}`, verify: async () => 'wrong' },
      setupSecret: { forget: () => {} },
      record: async (event) => void events.push(event),
      randomHex: (bytes) => 'ab'.repeat(bytes),
      close: () => {},
    }),
  })
  const belay = async (words: readonly string[], answers?: readonly string[]) => {
    const screen = fakeTerminal(answers === undefined ? {} : { answers })
    const code = await runCli(words, screen.io, ports)
    return { code, out: screen.out(), err: screen.err() }
  }
  return { belay, users, tokens, events }
}

test('when the first user is added then it is an admin, the next may read, and the password is typed twice', async () => {
  const { belay, users, events } = world()
  const first = await belay(['user', 'add', 'anna'], [password, password])
  expect(first).toMatchObject({ code: 0, out: 'anna can log in now, with the scope admin.\n' })
  await belay(['user', 'add', 'bob'], [password, password])
  expect([...users].map(([name, { scope }]) => [name, scope])).toEqual([
    ['anna', 'admin'],
    ['bob', 'read'],
  ])
  expect(events[0]).toEqual({ action: 'user-add', target: 'anna', outcome: 'admin' })
  expect(first.out + first.err).not.toContain(password)
  expect((await belay(['user'])).out).toMatch(/^anna +admin +2 days ago +never$/m)
})

test.each([
  ['the two differ', ['user', 'add', 'anna'], [password, `${password}!`]],
  ['it is too short', ['user', 'add', 'anna'], ['short', 'short']],
  ['none comes', ['user', 'add', 'anna'], []],
  ['the name is none', ['user', 'add', 'An na'], [password, password]],
  ['the scope is none', ['user', 'add', 'anna', '--scope', 'root'], [password, password]],
  ['the password is an argument', ['user', 'add', 'anna', password], [password, password]],
])('when %s then nobody is added', async (_, words, answers) => {
  const { belay, users } = world()
  expect((await belay(words, answers)).code).toBe(2)
  expect(users.size).toBe(0)
})

test('when the name is taken then that is said before a password is asked for', async () => {
  const { belay, events } = world()
  await belay(['user', 'add', 'anna'], [password, password])
  const again = await belay(['user', 'add', 'anna'], [])
  expect(again.err).toMatch(/There is a user anna already[^]*belay user password anna/)
  expect(again.err).not.toContain('Password:')
  expect(events).toHaveLength(1)
})

test('when a password is set anew, or a user is removed, then it is done and on record', async () => {
  const { belay, users, events } = world()
  await belay(['user', 'add', 'anna'], [password, password])
  expect((await belay(['user', 'password', 'anna'], ['another good one', 'another good one'])).code).toBe(0)
  expect(users.get('anna')?.record).toBe('hash of 16')
  expect((await belay(['user', 'password', 'bob'], [password, password])).code).toBe(1)
  expect((await belay(['user', 'remove', 'anna'])).code).toBe(0)
  expect(events.map(({ action }) => action)).toEqual(['user-add', 'user-password', 'user-remove'])
})

test('when a token is made then it is shown once, alone on its line, and only its hash is kept', async () => {
  const { belay, tokens, events } = world()
  const token = `belay_${'ab'.repeat(32)}`
  const made = await belay(['token', 'create', 'ci', '--scope', 'operate', '--expires', '90d'])
  expect(made.out.split('\n')).toContain(token)
  expect(tokens[0]).toMatchObject({ name: 'ci', scope: 'operate', expires: '2027-02-18T12:00:00.000Z' })
  expect(JSON.stringify([tokens, events])).not.toContain(token)
  expect((await belay(['token'])).out).toMatch(/ci +operate .* in 3 months$/m)
  const document = JSON.parse((await belay(['token', 'create', '--json'])).out) as { token: object }
  expect(document.token).toEqual({ id: 't-abababababab', name: 'token', scope: 'read', expires: null, token })
})

test('when a token is revoked then that needs its id', async () => {
  const { belay } = world()
  expect((await belay(['token', 'revoke', 'ci'])).code).toBe(2)
  expect((await belay(['token', 'revoke', 't-abababababab'])).out).toMatch(/^ci \(t-abababababab\) is revoked/)
  expect((await belay(['token', 'create', 'ci', '--expires', 'soon'])).code).toBe(2)
})
