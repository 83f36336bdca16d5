import { expect, test } from 'vitest'
import type { KeyJson } from './documents.ts'
import { keyIdOf } from './documents.ts'
import { type LintInput, lint } from './lint.ts'
import { emptyTargets } from './roles.ts'

const dayMs = 86_400_000
const nowMs = Date.UTC(2027, 0, 1)

const key = (name: string, of = name): KeyJson => ({
  keytype: 'ed25519',
  scheme: 'ed25519',
  keyval: { public: Buffer.from(of).toString('hex') },
  'x-belay-name': name,
})

function signers(threshold: number, ...keys: readonly KeyJson[]) {
  const named = Object.fromEntries(keys.map((one) => [keyIdOf(one), one]))
  return { keys: named, role: { keyids: Object.keys(named), threshold } }
}

const good: LintInput = {
  nowMs,
  profile: 'team',
  documents: new Map([['root', emptyTargets(nowMs + 365 * dayMs)]]),
  expiryMs: () => 365 * dayMs,
  roles: new Map([
    ['root', signers(2, key('root-1'), key('root-2'), key('root-3'))],
    ['targets', signers(1, key('targets-1'))],
  ]),
  pending: [],
  brokenRoots: [],
  rootKeysHere: [],
  packed: [{ name: 'app.tar.zst', files: [] }],
}

test('when all is well, then there is nothing to say', () => {
  expect(lint(good)).toStrictEqual([])
})

const expiring = (leftMs: number, lifetimeDays: number, role = 'root') =>
  lint({
    ...good,
    documents: new Map([[role, emptyTargets(nowMs + leftMs)]]),
    expiryMs: () => lifetimeDays * dayMs,
  })

test.each([
  [31 * dayMs, 365, null],
  [30 * dayMs, 365, null],
  [30 * dayMs - 1000, 365, 'note'],
  [14 * dayMs - 1000, 365, 'warning'],
  [7 * dayMs - 1000, 365, 'warning'],
  [dayMs - 1000, 365, 'error'],
  [0, 365, 'error'],
  [-400 * dayMs, 365, 'error'],
  // Of one that counts for a week, six days are no news.
  [6 * dayMs, 7, null],
  [dayMs - 1000, 7, 'error'],
  [2 * dayMs, 3, null],
  [dayMs - 1000, 3, 'error'],
])('when a document has %d ms left of %d days, then that is %s', (leftMs, days, severity) => {
  expect(expiring(leftMs, days).map((finding) => finding.severity)).toStrictEqual(severity === null ? [] : [severity])
})

test('when something expires, then the hint is the command that helps', () => {
  expect(expiring(0, 3, 'timestamp')[0]?.hint).toContain('belay release refresh')
  expect(expiring(0, 90, 'app-stable')[0]?.hint).toContain('belay release sign --renew app-stable')
})

test('when one key is in two roles, then it is found by what it is, whatever it is called', () => {
  const roles = new Map([...good.roles, ['snapshot', signers(1, key('snapshot-1', 'targets-1'))]] as const)
  expect(lint({ ...good, roles })).toMatchObject([
    { severity: 'error', rule: 'shared-key', what: expect.stringContaining('targets and snapshot') },
  ])
})

test('when one root key is enough, then that is an error for a team and a warning for one person', () => {
  const roles = new Map([['root', signers(1, key('root-1'), key('root-2'))]])
  expect(lint({ ...good, roles })).toMatchObject([{ severity: 'error', rule: 'root-threshold' }])
  expect(lint({ ...good, roles, profile: 'solo' })).toMatchObject([{ severity: 'warning', rule: 'root-threshold' }])
})

test('when no root key may be lost, or enough of them lie here, then that is said', () => {
  const roles = new Map([['root', signers(2, key('root-1'), key('root-2'))]])
  expect(lint({ ...good, roles })).toMatchObject([{ rule: 'single-key' }])
  expect(lint({ ...good, rootKeysHere: ['root-1'] })).toStrictEqual([])
  expect(lint({ ...good, rootKeysHere: ['root-1', 'root-2'] })).toMatchObject([{ rule: 'root-keys-here' }])
})

test('when a rotation lacks signatures, then the worst is first', () => {
  const waiting = { role: 'root', version: 2, signedBy: [], missing: ['root-1', 'root-2'], needs: 2 }
  expect(lint({ ...good, pending: [{ ...waiting, role: 'app-stable' }, waiting], brokenRoots: [3] })).toMatchObject([
    { severity: 'error', what: expect.stringContaining('3.root.json') },
    { severity: 'error', what: 'version 2 of root.json waits for 2 more, by root-1 or root-2' },
    { severity: 'warning', rule: 'unsigned' },
  ])
  expect(lint({ ...good, pending: [{ ...waiting, needs: 0 }] })).toStrictEqual([])
})

test('when programs are compressed by themselves, then they are named', () => {
  const packed = [{ name: 'app.tar.zst', files: ['bin/app'] }]
  expect(lint({ ...good, packed })).toMatchObject([{ rule: 'packed', what: expect.stringContaining('bin/app') }])
})
