import { describe, expect, test } from 'vitest'
import { MemoryClient } from './tuf.client.ts'
import { isoAt, newKey, roleOf, type TestKey, TestRepository } from './tuf.repository.ts'
import { dayMs, nowMs, path } from './tuf.scene.ts'

/** The workflow of the specification where nobody attacks: whose word is asked for, in which order, and what keys may do. */
interface Edge {
  readonly from: string
  readonly to: string
  readonly paths?: readonly string[]
  readonly terminating?: boolean
}

const edge = (from: string, to: string, more: Partial<Edge> = {}): Edge => ({ from, to, ...more })

const graphs: readonly (readonly [string, readonly Edge[], readonly string[]])[] = [
  ['one role', [edge('targets', 'A')], ['A']],
  ['two beside each other', [edge('targets', 'A'), edge('targets', 'B')], ['A', 'B']],
  ['the last has one more', [edge('targets', 'A'), edge('targets', 'B'), edge('B', 'C')], ['A', 'B', 'C']],
  [
    'the first has two more',
    [edge('targets', 'A'), edge('targets', 'B'), edge('A', 'C'), edge('A', 'D')],
    ['A', 'C', 'D', 'B'],
  ],
  ['a chain', [edge('targets', 'A'), edge('targets', 'B'), edge('A', 'C'), edge('C', 'D')], ['A', 'C', 'D', 'B']],
  [
    'one that is the last word',
    [edge('targets', 'A'), edge('targets', 'B'), edge('A', 'C', { terminating: true }), edge('A', 'D')],
    ['A', 'C'],
  ],
  [
    'the last word asks its own',
    [edge('targets', 'A'), edge('targets', 'B'), edge('A', 'C', { terminating: true }), edge('C', 'D')],
    ['A', 'C', 'D'],
  ],
  ['other paths', [edge('targets', 'A', { paths: ['*.py'] }), edge('targets', 'B'), edge('A', 'C')], ['B']],
  ['a ring', [edge('targets', 'A'), edge('A', 'B'), edge('B', 'C'), edge('C', 'A')], ['A', 'B', 'C']],
  [
    'two that trust a third',
    [edge('targets', 'A'), edge('targets', 'B'), edge('B', 'C'), edge('A', 'C')],
    ['A', 'C', 'B'],
  ],
  [
    'two that trust a third with other paths',
    [edge('targets', 'A'), edge('targets', 'B'), edge('B', 'C'), edge('A', 'C', { paths: ['*.py'] })],
    ['A', 'B', 'C'],
  ],
]

test.each(graphs)(
  'when roles trust each other (%s), then they are asked depth first, in their order',
  (_, edges, asked) => {
    const repository = new TestRepository(nowMs)
    const keys = new Map<string, TestKey>()
    for (const { from, to, paths, terminating } of edges) {
      const key = keys.get(to) ?? newKey()
      keys.set(to, key)
      repository.delegate({
        name: to,
        by: from,
        role: roleOf([key]),
        paths: paths ?? ['*'],
        terminating: terminating ?? false,
      })
    }
    repository.publish()
    const client = new MemoryClient(repository, nowMs)
    expect(client.find('missing')).toStrictEqual([null])
    expect(client.requests.slice(4)).toStrictEqual(asked.map((name) => `2.${name}.json`))
  },
)

test('when bins are named by hash, then only the one of the path is asked', () => {
  const repository = new TestRepository(nowMs)
  const role = roleOf([newKey()])
  for (const half of ['0', '1']) {
    repository.delegate({ name: `bin-${half}`, by: 'nobody', role })
    repository.addArtifact(`bin-${half}`, path, `from ${half}`)
  }
  const [key] = role.keys
  if (key === undefined) throw new Error('no key')
  repository.targetsOf('targets').delegations = {
    keys: { [key.id]: key.json },
    succinct_roles: { keyids: [key.id], threshold: 1, bit_length: 1, name_prefix: 'bin' },
  }
  repository.publish()
  const client = new MemoryClient(repository, nowMs)
  const [target] = client.find(path)
  expect(target?.role).toMatch(/^bin-[01]$/)
  expect(client.requests.slice(4)).toStrictEqual([`2.${target?.role}.json`])
})

interface RootVersion {
  readonly keys: readonly number[]
  readonly threshold: number
  readonly by: readonly number[]
}

const root = (keys: readonly number[], threshold: number, by: readonly number[]): RootVersion => ({
  keys,
  threshold,
  by,
})
const five = [0, 1, 2, 3, 4]

const rotations: readonly (readonly [string, readonly RootVersion[], boolean])[] = [
  ['its key, signed by both', [root([1], 1, [1]), root([2], 1, [2, 1]), root([2], 1, [2])], true],
  ['its key, with signatures that nobody asked for', [root([1], 1, [3, 1, 4]), root([2], 1, [3, 2, 1, 4])], true],
  ['who signs, three of five', [root(five, 3, [0, 2, 4]), root(five, 3, [0, 4, 1]), root(five, 3, [1, 3, 0])], true],
  ['one of five', [root(five, 3, [0, 2, 4]), root([0, 1, 3, 4, 5], 3, [0, 4, 1])], true],
  ['all five', [root(five, 3, [0, 2, 4]), root([5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7])], true],
  ['its threshold up', [root([1, 2, 3], 1, [1]), root([1, 2, 3], 2, [1, 2])], true],
  ['its threshold down', [root([1, 2, 3], 2, [1, 2]), root([1, 2, 3], 1, [1, 2]), root([1, 2, 3], 1, [1])], true],
  ['its key, without the old one', [root([1], 1, [1]), root([2], 1, [2, 3, 4])], false],
  ['its key, without the new one', [root([1], 1, [1]), root([2], 1, [1, 3, 4])], false],
  ['one of five, with too few new', [root(five, 3, [0, 2, 4]), root([0, 1, 3, 4, 5], 3, [0, 2, 4])], false],
  ['one of five, with too few old', [root(five, 3, [0, 2, 4]), root([0, 1, 3, 4, 5], 3, [0, 4, 5])], false],
  ['its threshold up, without enough', [root([1, 2, 3], 1, [1]), root([1, 2, 3], 2, [2])], false],
  ['its threshold down, without enough of before', [root([1, 2, 3], 2, [1, 2]), root([1, 2, 3], 1, [1])], false],
]

test.each(rotations)('when a root changes %s, then what the thresholds of both allow holds', (_, versions, good) => {
  const keys = Array.from({ length: 10 }, () => newKey())
  const pick = (indexes: readonly number[]) => indexes.flatMap((index) => keys[index] ?? [])
  const repository = new TestRepository(nowMs)
  for (const [index, version] of versions.entries()) {
    repository.roles.root = roleOf(pick(version.keys), version.threshold)
    repository.bodies.root.version = index + 1
    repository.publishRoot(pick(version.by))
  }
  const client = new MemoryClient(repository, nowMs)
  const outcome = client.attempt('missing')
  if (good) expect(outcome).toStrictEqual([null])
  else expect(outcome).toMatchObject({ code: 'E_METADATA_UNSIGNED' })
  expect(client.memory?.root ?? 1).toBe(good ? versions.length : versions.length - 1)
})

describe('what is stored', () => {
  test('when what is stored has expired, then it still proves that the new one is newer', () => {
    const repository = new TestRepository(nowMs)
    repository.publish()
    const client = new MemoryClient(repository, nowMs)
    client.refresh()
    client.nowMs = nowMs + 18 * dayMs
    repository.bodies.timestamp.expires = isoAt(nowMs + 21 * dayMs)
    repository.bodies.snapshot.expires = isoAt(nowMs + 21 * dayMs)
    repository.publish()
    expect(client.refresh().timestamp.signed.version).toBe(3)
  })

  test('when a role that is trusted with the path has expired since, then the target is no longer found', () => {
    const repository = new TestRepository(nowMs)
    repository.delegate({ name: 'stable', by: 'targets', role: roleOf([newKey()]), paths: ['app/stable/*'] })
    repository.targetsOf('stable').expires = isoAt(nowMs + dayMs)
    repository.addArtifact('stable', path, 'one')
    repository.publish()
    const client = new MemoryClient(repository, nowMs)
    expect(client.find(path)).toMatchObject([{ role: 'stable' }])
    client.nowMs = nowMs + 2 * dayMs
    expect(client.attempt(path)).toMatchObject({ code: 'E_METADATA_EXPIRED' })
    repository.targetsOf('stable').expires = isoAt(nowMs + 9 * dayMs)
    repository.publish()
    expect(client.find(path)).toMatchObject([{ role: 'stable' }])
  })

  test('when targets were driven up and the snapshot key is new, then lower ones are good, and roles may be gone', () => {
    const repository = new TestRepository(nowMs)
    repository.delegate({ name: 'beta', by: 'targets', role: roleOf([newKey()]), paths: ['beta/*'] })
    repository.targetsOf('targets').version = 100
    repository.publish()
    const client = new MemoryClient(repository, nowMs)
    client.refresh()
    repository.roles.snapshot = roleOf([newKey()])
    repository.nextRoot()
    repository.targetsOf('targets').version = 0
    repository.targets.delete('beta')
    repository.delegations.length = 0
    repository.bodies.snapshot['meta'] = {}
    repository.publish()
    client.refresh()
    expect(client.version('targets')).toBe(1)
  })

  test('when a thief of the snapshot key drove its version up, then a new key makes lower ones good again', () => {
    const repository = new TestRepository(nowMs)
    repository.bodies.snapshot.version = 2 ** 31
    repository.publish()
    const client = new MemoryClient(repository, nowMs)
    client.refresh()
    repository.roles.snapshot = roleOf([newKey()])
    repository.nextRoot()
    repository.bodies.snapshot.version = 2
    repository.publish()
    client.refresh()
    expect(client.version('snapshot')).toBe(3)
  })

  test('when a repository names its files without versions, then they are asked for so', () => {
    const repository = new TestRepository(nowMs)
    repository.bodies.root['consistent_snapshot'] = false
    repository.files.clear()
    repository.publishRoot()
    repository.publish()
    const client = new MemoryClient(repository, nowMs)
    client.refresh()
    expect(client.requests).toStrictEqual(['2.root.json', 'timestamp.json', 'snapshot.json', 'targets.json'])
  })
})
