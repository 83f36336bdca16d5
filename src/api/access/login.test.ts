import { expect, test } from 'vitest'
import { digestOf } from '../../core/access/secret.ts'
import { BelayError } from '../../core/model/problem.ts'
import type { AuditEvent, RequestHead, Scope } from '../../ports/access.ts'
import type { Accounts } from '../../ports/accounts.ts'
import { createLogins } from './login.ts'

const password = 'correct horse battery'
const secret = '0000-1111'

function logins({
  remote = 'read',
  users = ['anna'],
}: {
  readonly remote?: Scope
  readonly users?: readonly string[]
} = {}) {
  const known = new Map(users.map((name) => [name, `hash of ${password}`]))
  const sessions: string[] = []
  const events: AuditEvent[] = []
  let now = 0
  let random = 0
  const accounts: Partial<Accounts> = {
    users: () => [...known.keys()].map((name) => ({ name, scope: 'admin', created: '', last_login: null })),
    passwordRecord: (name) => known.get(name) ?? null,
    addUser: ({ name, record }) => known.size === 0 && known.set(name, record) !== null,
    addSession: (digest, user, instead) => void sessions.push(`${digest} ${user} ${instead.join()}`),
    renewRecord: (name, record) => void known.set(name, record),
  }
  const made = createLogins({
    accounts: accounts as Accounts,
    passwords: {
      hash: async (text) => `hash of ${text}`,
      verify: async (text, record) => (record === `hash of ${text}` ? 'right' : 'wrong'),
    },
    setupSecret: { current: () => secret, forget: () => {} },
    audit: { record: async (event) => void events.push(event) },
    clock: {
      uptime: () => now,
      now: () => now,
      randomHex: () => String(random++).padStart(64, '0'),
      sleep: async () => {},
      bootId: () => '',
    },
    settings: async () => ({ remote, proxies: [], hosts: [] }),
  })
  return { made, known, sessions, events, pass: (ms: number) => (now += ms) }
}

const head = (address = '127.0.0.1', cookie = ''): RequestHead => ({
  method: 'POST',
  path: '/',
  address,
  secure: false,
  headers: new Headers(cookie === '' ? {} : { cookie }),
})

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (error instanceof BelayError) return error.problem.code
    throw error
  }
}

test('when the password is right then there is a new session, in the place of the one that was there', async () => {
  const { made, sessions, events } = logins()
  const before = 'e'.repeat(64)
  const id = await made.login(head('127.0.0.1', `belay_session=${before}`), { name: ' Anna ', password })
  expect(sessions).toEqual([`${digestOf(id)} anna ${digestOf(before)}`])
  expect(events).toEqual([{ action: 'login', target: null, who: 'anna', from: '127.0.0.1', outcome: 'ok' }])
})

test('when it is wrong then nobody learns whether the name was, and what was typed is not kept', async () => {
  const { made, events, sessions } = logins()
  const wrong = async (name: string) => {
    const error: unknown = await made
      .login(head(), { name, password: 'wrong horse' })
      .catch((failure: unknown) => failure)
    return error instanceof BelayError ? error.problem : null
  }
  expect(await wrong('anna')).toEqual(await wrong('my-password-by-mistake'))
  expect(events.map(({ who, outcome }) => [who, outcome])).toEqual([
    ['anna', 'E_LOGIN_NEEDED'],
    ['unknown', 'E_LOGIN_NEEDED'],
  ])
  expect(JSON.stringify([events, sessions])).not.toMatch(/wrong horse|mistake/)
})

test('when somebody guesses then they wait longer and longer, and the owner on the host gets in', async () => {
  const { made, pass } = logins()
  const guess = (address: string, name = 'anna') => codeOf(made.login(head(address), { name, password: 'wrong horse' }))
  for (let i = 0; i < 5; i++) expect(await guess('10.0.0.9')).toBe('E_LOGIN_NEEDED')
  expect(await guess('10.0.0.9')).toBe('E_TOO_MANY_ATTEMPTS')
  expect(await guess('10.0.0.9', 'bob')).toBe('E_TOO_MANY_ATTEMPTS')
  // From another address: the name is slowed down too.
  expect(await guess('10.0.0.10')).toBe('E_TOO_MANY_ATTEMPTS')
  expect(await codeOf(made.login(head(), { name: 'anna', password }))).toBe('ok')
  pass(30_000)
  expect(await codeOf(made.login(head('10.0.0.11'), { name: 'anna', password }))).toBe('ok')
})

test('when many guesses come at the same time then no more are tried than one after the other', async () => {
  const { made } = logins()
  const all = Array.from({ length: 50 }, (_, i) =>
    codeOf(made.login(head('10.0.0.9'), { name: `n${i}`, password: 'x' })),
  )
  expect((await Promise.all(all)).filter((code) => code !== 'E_TOO_MANY_ATTEMPTS')).toHaveLength(5)
})

test('when addresses of one network take turns then they count as one', async () => {
  const { made } = logins()
  const guess = (i: number) => codeOf(made.login(head(`2001:db8:1:2::${i}`), { name: `n${i}`, password: 'x' }))
  for (let i = 0; i < 5; i++) await guess(i)
  expect(await guess(9)).toBe('E_TOO_MANY_ATTEMPTS')
})

test('when there is no user then the secret makes one admin, once', async () => {
  const { made, known, sessions } = logins({ users: [] })
  const first = { secret: ` ${secret} `, name: 'anna', password }
  expect(await codeOf(made.setup(head(), { ...first, secret: 'wrong' }))).toBe('E_FORBIDDEN')
  expect(await codeOf(made.setup(head(), { ...first, password: 'short' }))).toBe('E_USAGE')
  expect(known.size).toBe(0)
  expect(await codeOf(made.setup(head(), first))).toBe('ok')
  expect([known.get('anna'), sessions.length]).toEqual([`hash of ${password}`, 1])
  expect(await codeOf(made.setup(head(), { ...first, name: 'eve' }))).toBe('E_FORBIDDEN')
  expect([...known.keys()]).toEqual(['anna'])
})

test('when two know the secret and come at once then one of them is in', async () => {
  const { made, known } = logins({ users: [] })
  const both = ['anna', 'eve'].map((name) => codeOf(made.setup(head(), { secret, name, password })))
  expect((await Promise.all(both)).toSorted()).toEqual(['E_FORBIDDEN', 'ok'])
  expect(known.size).toBe(1)
})

test('when it is set up from another host then that needs agent.remote', async () => {
  const first = { secret, name: 'anna', password }
  expect(await codeOf(logins({ users: [] }).made.setup(head('10.0.0.9'), first))).toBe('E_FORBIDDEN')
  expect(await codeOf(logins({ users: [], remote: 'admin' }).made.setup(head('10.0.0.9'), first))).toBe('ok')
})
