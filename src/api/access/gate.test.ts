import { expect, test } from 'vitest'
import { csrfOf, digestOf, tokenOf } from '../../core/access/secret.ts'
import { BelayError } from '../../core/model/problem.ts'
import type { RequestHead, Scope } from '../../ports/access.ts'
import type { Session, Token } from '../../ports/accounts.ts'
import { createGate } from './gate.ts'

const session = 'a'.repeat(64)
const token = tokenOf('b'.repeat(64))
const host = '192.0.2.1:8484'
const cookie = `belay_session=${session}`

type Change = Partial<Omit<RequestHead, 'headers'>> & { readonly headers?: Readonly<Record<string, string>> }

function gate(remote: Scope = 'read', scope: Scope = 'admin') {
  const sessions = new Map<string, Session>([[digestOf(session), { user: 'anna', scope }]])
  const made = { id: 't-1', name: 'ci', scope, created: '', last_used: null, expires: null }
  const tokens = new Map<string, Token>([[digestOf(token), made]])
  const of = createGate({
    accounts: {
      useSession: (digest) => sessions.get(digest) ?? null,
      useToken: (digest) => tokens.get(digest) ?? null,
    },
    settings: async () => ({ remote, proxies: [], hosts: ['belay.example.org'] }),
  })
  return async (need: Scope | 'public', { headers = {}, ...change }: Change = {}): Promise<string> => {
    const head = { method: 'GET', path: '/', address: '127.0.0.1', secure: false, ...change }
    try {
      const caller = await of.admit({ ...head, headers: new Headers({ host, ...headers }) }, need)
      return caller.kind === 'nobody' ? 'nobody' : `${caller.kind} ${caller.name} ${caller.scope}`
    } catch (error) {
      if (!(error instanceof BelayError)) throw error
      return error.problem.code
    }
  }
}

const bearer = { authorization: `Bearer ${token}` }
const proof = { cookie, 'x-csrf-token': csrfOf(session) }
const post = { method: 'POST' }

test('when nobody says who they are then only what is public is open', async () => {
  const ask = gate()
  expect([await ask('public'), await ask('read'), await ask('admin')]).toEqual([
    'nobody',
    'E_LOGIN_NEEDED',
    'E_LOGIN_NEEDED',
  ])
})

test('when a credential is none of ours then it is refused, and where all may come it is nobody', async () => {
  const ask = gate()
  const forged = [
    { authorization: `Bearer ${tokenOf('c'.repeat(64))}` },
    { authorization: 'Bearer belay_' },
    { authorization: `Basic ${Buffer.from('anna:x').toString('base64')}` },
    { authorization: token },
    { cookie: `belay_session=${'c'.repeat(64)}` },
    { cookie: `belay_session=${session.toUpperCase()}` },
    { cookie: `other=${session}` },
  ]
  for (const headers of forged) {
    expect(await ask('read', { headers }), JSON.stringify(headers)).toBe('E_LOGIN_NEEDED')
    expect(await ask('public', { headers })).toBe('nobody')
  }
  // A wrong token is not made good by a cookie that came along.
  expect(await ask('read', { headers: { cookie, authorization: 'Bearer no' } })).toBe('E_LOGIN_NEEDED')
})

test.each([
  ['read', 'read', 'session anna read'],
  ['read', 'operate', 'E_FORBIDDEN'],
  ['operate', 'read', 'session anna operate'],
  ['operate', 'operate', 'session anna operate'],
  ['operate', 'admin', 'E_FORBIDDEN'],
  ['admin', 'admin', 'session anna admin'],
] as const)('when someone with the scope %s needs %s then it is %s', async (has, need, answer) => {
  expect(await gate('read', has)(need, { headers: { cookie } })).toBe(answer)
  expect(await gate('read', has)(need, { headers: bearer })).toBe(answer.replace('session anna', 'token ci'))
})

test('when the cookie comes alone with a change then it is refused: another site can send that', async () => {
  const ask = gate()
  expect(await ask('operate', { ...post, headers: { cookie } })).toBe('E_FORBIDDEN')
  expect(await ask('operate', { ...post, headers: { cookie, 'x-csrf-token': csrfOf('c'.repeat(64)) } })).toBe(
    'E_FORBIDDEN',
  )
  expect(await ask('operate', { ...post, headers: proof })).toBe('session anna admin')
  expect(await ask('operate', { ...post, headers: { ...proof, origin: `http://${host}` } })).toBe('session anna admin')
  expect(await ask('operate', { ...post, headers: bearer })).toBe('token ci admin')
})

test.each([
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { origin: 'http://192.0.2.1:3000' },
  { origin: `https://${host}` },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
])('when a page of another site (%o) sends a change then it is refused, whatever it knows', async (foreign) => {
  const ask = gate()
  expect(await ask('operate', { ...post, headers: { ...proof, ...foreign } })).toBe('E_FORBIDDEN')
  expect(await ask('public', { ...post, headers: foreign })).toBe('E_FORBIDDEN')
})

test('when a name that is not ours leads here then nothing is answered', async () => {
  const ask = gate()
  expect(await ask('public', { headers: { host: 'evil.example:8484' } })).toBe('E_FORBIDDEN')
  expect(await ask('read', { headers: { ...bearer, host: 'evil.example' } })).toBe('E_FORBIDDEN')
  expect(await ask('read', { headers: { ...bearer, host: 'belay.example.org' } })).toBe('token ci admin')
})

test('when a WebSocket is asked for then a cookie needs our own origin, and a token nothing else', async () => {
  const ask = gate()
  const upgrade = { upgrade: 'websocket' }
  expect(await ask('read', { headers: { ...upgrade, cookie } })).toBe('E_FORBIDDEN')
  expect(await ask('read', { headers: { ...upgrade, cookie, origin: 'http://evil.example' } })).toBe('E_FORBIDDEN')
  expect(await ask('read', { headers: { ...upgrade, cookie, origin: `http://${host}` } })).toBe('session anna admin')
  expect(await ask('read', { headers: { ...upgrade, ...bearer } })).toBe('token ci admin')
  expect(await ask('read', { headers: { ...upgrade, ...bearer, origin: 'http://evil.example' } })).toBe('E_FORBIDDEN')
  expect(await ask('read', { headers: upgrade })).toBe('E_LOGIN_NEEDED')
})

test.each([
  ['10.0.0.9', 'read', 'operate', 'E_FORBIDDEN'],
  ['10.0.0.9', 'read', 'read', 'token ci read'],
  ['unknown, through 127.0.0.1', 'read', 'operate', 'E_FORBIDDEN'],
  ['10.0.0.9', 'operate', 'operate', 'token ci operate'],
  ['10.0.0.9', 'operate', 'admin', 'E_FORBIDDEN'],
  ['10.0.0.9', 'admin', 'admin', 'token ci admin'],
  ['127.0.0.1', 'read', 'admin', 'token ci admin'],
  ['::1', 'read', 'admin', 'token ci admin'],
] as const)(
  'when an admin comes from %s and agent.remote is %s then %s gives %s',
  async (address, remote, need, answer) => {
    expect(await gate(remote)(need, { ...post, address, headers: bearer })).toBe(answer)
  },
)

test('when it is encrypted then only a cookie that cannot have come over plain http counts', async () => {
  const ask = gate()
  expect(await ask('read', { secure: true, headers: { cookie } })).toBe('E_LOGIN_NEEDED')
  expect(await ask('read', { secure: true, headers: { cookie: `x=1; __Host-${cookie}` } })).toBe('session anna admin')
})

test('when another site set a cookie of the same name then the right one is found beside it', async () => {
  const headers = { cookie: `belay_session=${'d'.repeat(64)}; ${cookie}` }
  expect(await gate()('read', { headers })).toBe('session anna admin')
})
