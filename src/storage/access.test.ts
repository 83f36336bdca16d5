import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { digestOf } from '../core/access/secret.ts'
import { fileAccounts } from './access.ts'
import { stoppedClock } from './testing.ts'

const hourMs = 3_600_000

function opened() {
  const dir = mkdtempSync(join(tmpdir(), 'belay-access-'))
  const clock = stoppedClock()
  const all = [fileAccounts(dir, clock), fileAccounts(dir, clock)] as const
  onTestFinished(() => {
    for (const one of all) one.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return { dir, clock, accounts: all[0], other: all[1] }
}

function withAdmin() {
  const world = opened()
  world.accounts.addUser({ name: 'anna', scope: 'admin', record: 'kept' })
  return world
}

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) })

test('when users are added then another process sees them, and no other user of the host can', () => {
  const { accounts, other, dir } = withAdmin()
  accounts.addUser({ name: 'bob', scope: 'read', record: 'his' })
  expect(other.users()).toMatchObject([
    { name: 'anna', scope: 'admin', last_login: null },
    { name: 'bob', scope: 'read' },
  ])
  expect(other.passwordRecord('bob')).toBe('his')
  expect(other.passwordRecord('eve')).toBeNull()
  for (const file of readdirSync(dir)) expect(statSync(join(dir, file)).mode & 0o777, file).toBe(0o600)
})

test('when the first user is no admin, or a name is taken, then it is refused', () => {
  const { accounts } = opened()
  expect(() => accounts.addUser({ name: 'bob', scope: 'operate', record: '' })).toThrow(problem('E_USAGE'))
  accounts.addUser({ name: 'anna', scope: 'admin', record: '' })
  expect(() => accounts.addUser({ name: 'anna', scope: 'read', record: '' })).toThrow(problem('E_USAGE'))
  expect(accounts.addUser({ name: 'eve', scope: 'admin', record: '', only: true })).toBe(false)
  expect(accounts.users()).toHaveLength(1)
})

test('when the last admin would go, or be one no more, then it stays', () => {
  const { accounts } = withAdmin()
  expect(() => accounts.removeUser('anna')).toThrow(problem('E_USAGE'))
  expect(() => accounts.setScope('anna', 'operate')).toThrow(problem('E_USAGE'))
  expect(() => accounts.removeUser('nobody')).toThrow(problem('E_NOT_FOUND'))
  accounts.addUser({ name: 'bob', scope: 'admin', record: '' })
  accounts.removeUser('anna')
  expect(accounts.users().map(({ name }) => name)).toEqual(['bob'])
})

test('when a session is idle or old then it is over, also after a restart', () => {
  const { accounts, other, clock } = withAdmin()
  accounts.addSession('idle', 'anna', [])
  accounts.addSession('used', 'anna', [])
  for (let hours = 0; hours < 7 * 24; hours += 8) {
    expect(other.useSession('used'), `after ${hours} hours`).toEqual({ user: 'anna', scope: 'admin' })
    clock.move(8 * hourMs)
  }
  clock.move(1)
  expect(other.useSession('used')).toBeNull()
  expect(accounts.useSession('idle')).toBeNull()
})

test.each([
  ['the user is removed', (of: ReturnType<typeof withAdmin>) => of.other.removeUser('bob')],
  ['the password changes', (of: ReturnType<typeof withAdmin>) => of.other.setPassword('bob', 'new')],
  ['the scope changes', (of: ReturnType<typeof withAdmin>) => of.other.setScope('bob', 'admin')],
  ['it is ended', (of: ReturnType<typeof withAdmin>) => of.other.removeSession('s')],
  ['another takes its place', (of: ReturnType<typeof withAdmin>) => of.other.addSession('t', 'bob', ['s'])],
])('when %s then the session is over', (_, change) => {
  const world = withAdmin()
  world.accounts.addUser({ name: 'bob', scope: 'read', record: '' })
  world.accounts.addSession('s', 'bob', [])
  world.accounts.addSession('hers', 'anna', [])
  expect(world.accounts.useSession('s')).toEqual({ user: 'bob', scope: 'read' })
  change(world)
  expect(world.accounts.useSession('s')).toBeNull()
  expect(world.accounts.useSession('hers')).not.toBeNull()
})

test('when one changes their own password then their own session stays, and when it is hashed anew all do', () => {
  const { accounts } = withAdmin()
  accounts.addSession('mine', 'anna', [])
  accounts.addSession('elsewhere', 'anna', [])
  accounts.renewRecord('anna', 'better')
  expect(accounts.useSession('elsewhere')).not.toBeNull()
  accounts.setPassword('anna', 'new', 'mine')
  expect([accounts.useSession('mine'), accounts.useSession('elsewhere')]).toEqual([
    { user: 'anna', scope: 'admin' },
    null,
  ])
})

test('when somebody logs in again and again then only the last sessions are kept', () => {
  const { accounts, clock } = withAdmin()
  for (let i = 0; i < 30; i++) {
    accounts.addSession(`s${i}`, 'anna', [])
    clock.move(1)
  }
  const alive = Array.from({ length: 30 }, (_, i) => accounts.useSession(`s${i}`) !== null)
  expect(alive.filter(Boolean)).toHaveLength(20)
  expect(alive.slice(10).every(Boolean)).toBe(true)
})

test('when a token is used then that is noted, and when it has expired or is revoked then it is none', () => {
  const { accounts, other, clock } = withAdmin()
  const expires = new Date(clock.now() + hourMs).toISOString()
  accounts.addToken({ id: 't-1', name: 'ci', scope: 'operate', digest: digestOf('one'), expires })
  accounts.addToken({ id: 't-2', name: 'watch', scope: 'read', digest: digestOf('two'), expires: null })
  expect(other.useToken(digestOf('one'))).toMatchObject({ id: 't-1', scope: 'operate', expires })
  expect(accounts.tokens()[0]?.last_used).toBe(new Date(clock.now()).toISOString())
  clock.move(hourMs)
  expect(other.useToken(digestOf('one'))).toBeNull()
  expect(other.useToken(digestOf('two'))).not.toBeNull()
  accounts.removeToken('t-2')
  expect(other.useToken(digestOf('two'))).toBeNull()
  expect(() => accounts.removeToken('t-2')).toThrow(problem('E_NOT_FOUND'))
})

test('when the file is looked at then no token is in it', () => {
  const { accounts, dir } = withAdmin()
  accounts.addToken({ id: 't-1', name: 'ci', scope: 'read', digest: digestOf('belay_secret'), expires: null })
  expect(readFileSync(join(dir, 'access.db')).includes('belay_secret')).toBe(false)
})
