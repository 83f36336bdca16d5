import { describe, expect, test } from 'vitest'
import { MemoryClient } from './tuf.client.ts'
import { isoAt, newKey, roleOf, signedBy, type TestKey, TestRepository, type TopRole } from './tuf.repository.ts'
import { dayMs, delegate, newer, nowMs, onlineRoles, path, publishNewer, refused, scene } from './tuf.scene.ts'

/**
 * Attacks on metadata, A7-1 to A7-17: a host that knows one release is shown each of them. All must end
 * with the reason in words, nothing found to install, and what was trusted before still on disk.
 */
describe('signatures', () => {
  test.each(['root', ...onlineRoles] as const)('A7-1: when %s comes unsigned, then it is refused', (role) => {
    const all = scene()
    all.repository.roles[role].signers = []
    if (role === 'root') all.repository.nextRoot()
    else publishNewer(all)
    refused(all, 'E_METADATA_UNSIGNED', `is signed by 0 of the keys that may sign as ${role}, and 1 must`)
  })

  test.each(onlineRoles)(
    'A7-2: when the same key signs %s twice for a threshold of two, then it counts once',
    (role) => {
      const all = scene()
      const { repository, client } = all
      repository.roles[role].threshold = 2
      repository.roles[role].keys.push(newKey())
      repository.roles[role].signers = repository.roles[role].keys.slice(0, 1)
      repository.nextRoot()
      publishNewer(all)
      refused(all, 'E_METADATA_UNSIGNED', 'is signed by 1 of the keys')
      // And said twice in one file, it is no metadata at all.
      const [key] = repository.roles.timestamp.keys
      if (key === undefined) throw new Error('no key')
      repository.files.set('timestamp.json', signedBy(repository.bodies.timestamp, [key, key]))
      expect(client.attempt(newer)).toMatchObject({ code: 'E_METADATA_INVALID' })
    },
  )

  test('A7-3: when one key has two ids, or stands there in hex and in PEM, then it is one holder', () => {
    const all = scene()
    const { repository } = all
    const key = newKey()
    const pem = {
      keytype: 'ed25519',
      scheme: 'ed25519',
      keyval: { public: pemOf(key) },
    }
    const again: TestKey[] = [
      { ...key, id: 'f'.repeat(64) },
      { ...key, id: 'e'.repeat(64), json: pem },
    ]
    repository.roles.snapshot = roleOf([key, ...again], 2)
    repository.nextRoot()
    publishNewer(all)
    refused(all, 'E_METADATA_UNSIGNED', 'is signed by 1 of the keys that may sign as snapshot, and 2 must')
  })

  test.each(onlineRoles)('A7-4: when %s is signed by the key of another role, then it is refused', (role) => {
    const all = scene()
    const other = { timestamp: 'snapshot', snapshot: 'targets', targets: 'timestamp' } as const
    all.repository.roles[role].signers = all.repository.roles[other[role]].keys
    publishNewer(all)
    refused(all, 'E_METADATA_UNSIGNED', `may sign as ${role}`)
  })
})

const pemOf = ({ json }: TestKey): string => {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(json.keyval.public, 'hex')])
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`
}

describe('root', () => {
  test('A7-5: when the next root is signed by its new keys alone, then the old ones stay', () => {
    const all = scene()
    all.repository.roles.root = roleOf([newKey()])
    all.repository.nextRoot()
    refused(all, 'E_METADATA_UNSIGNED', '2.root.json is signed by 0 of the keys that may sign as root')
    expect(all.client.memory?.root).toBe(1)
  })

  test('A7-6: when the next root is signed by the old keys alone, then it is refused', () => {
    const all = scene()
    const old = all.repository.roles.root.keys
    all.repository.roles.root = { ...roleOf([newKey()]), signers: old }
    all.repository.nextRoot()
    refused(all, 'E_METADATA_UNSIGNED', '2.root.json is signed by 0 of the keys that may sign as root')
  })

  test.each([1, 3])('A7-7: when 2.root.json holds version %d, then it is refused', (version) => {
    const all = scene()
    all.repository.bodies.root.version = version
    all.repository.files.set('2.root.json', all.repository.publishRoot())
    refused(all, 'E_METADATA_MISMATCH', `2.root.json holds version ${version}`)
  })

  test('A7-8: when there are 300 new roots, then 256 are walked, kept, and the next check goes on from there', () => {
    const all = scene()
    for (let count = 0; count < 300; count++) all.repository.nextRoot()
    refused(all, 'E_METADATA_INVALID', 'changed more than 256 times since this host last looked')
    expect(all.client.version('root')).toBe(257)
    expect(all.client.find(path)).toMatchObject([{ path }])
    expect(all.client.version('root')).toBe(301)
  })

  test('when the newest root is hidden again, then that is a step back', () => {
    const all = scene()
    all.repository.nextRoot()
    all.client.refresh()
    all.repository.files.delete('2.root.json')
    all.client.stored.delete('root')
    refused(all, 'E_METADATA_ROLLBACK', 'has version 1 of root, and this host has already seen version 2')
  })
})

describe('versions', () => {
  test('A7-9: when an older timestamp is shown, then it is refused, also when the stored one is lost', () => {
    const all = scene()
    const old = all.repository.files.get('timestamp.json')
    publishNewer(all)
    all.client.refresh()
    if (old !== undefined) all.repository.files.set('timestamp.json', old)
    refused(all, 'E_METADATA_ROLLBACK', 'has version 2 of timestamp, and this host has already seen version 3')
    all.client.stored.delete('timestamp')
    refused(all, 'E_METADATA_ROLLBACK', 'has version 2 of timestamp, and this host has already seen version 3')
  })

  test('A7-10: when a timestamp says something else in the same version, then the first word stands', () => {
    const all = scene()
    const { repository, client } = all
    const first = client.stored.get('timestamp')
    repository.meta('timestamp')['snapshot.json'] = { version: 9 }
    repository.publishTimestamp()
    expect(client.find(path, newer)).toMatchObject([{ path }, null])
    expect(client.stored.get('timestamp')).toBe(first)
    client.stored.delete('timestamp')
    refused(all, 'E_METADATA_MISMATCH', 'says something else in version 2 than it did')
  })

  test('A7-11: when an older snapshot stands behind a new timestamp, then it is refused', () => {
    const all = scene()
    publishNewer(all)
    all.client.refresh()
    all.repository.bodies.snapshot.version = 2
    all.repository.publishSnapshot()
    all.repository.bodies.timestamp.version++
    all.repository.publishTimestamp()
    refused(all, 'E_METADATA_ROLLBACK', 'has version 2 of snapshot, and this host has already seen version 3')
    expect(all.client.version('timestamp')).toBe(3)
  })

  test('A7-12: when a new snapshot names older targets, then it is refused, also when the stored one is lost', () => {
    const all = scene()
    publishNewer(all)
    all.client.refresh()
    all.repository.targetsOf('targets').version = 1
    all.repository.publish()
    refused(all, 'E_METADATA_ROLLBACK', 'has version 2 of targets.json, and this host has already seen version 3')
    all.client.stored.delete('snapshot')
    refused(all, 'E_METADATA_ROLLBACK', 'has version 2 of targets.json, and this host has already seen version 3')
  })

  test('A7-13: when a role is gone from the snapshot, then it is refused', () => {
    const all = scene((repository) => delegate(repository, 'beta', ['beta/*']))
    delete all.repository.meta('snapshot')['beta.json']
    all.repository.bodies.snapshot.version++
    all.repository.publishSnapshot()
    all.repository.bodies.timestamp.version++
    all.repository.publishTimestamp()
    refused(all, 'E_METADATA_ROLLBACK', 'no longer names beta.json')
  })

  test.each(['root', ...onlineRoles] as const)(
    'A7-14: when %s has expired, then nothing is found though all is still stored',
    (role) => {
      const all = scene()
      const { repository, client } = all
      const expires = isoAt(nowMs + dayMs)
      if (role === 'targets') repository.targetsOf('targets').expires = expires
      else repository.bodies[role].expires = expires
      if (role === 'root') repository.nextRoot()
      repository.publish()
      expect(client.find(path)).toMatchObject([{ path }])
      client.nowMs = nowMs + dayMs
      refused(all, 'E_METADATA_EXPIRED', `expired on ${expires}`, path)
      const renewal =
        role === 'timestamp' || role === 'snapshot' ? 'belay release refresh' : 'belay release sign --renew'
      expect(client.attempt(path)).toMatchObject({ hint: expect.stringContaining(renewal) })
    },
  )

  test('A7-15: when a thief drives versions up to 2^31, then new keys in the root make lower ones good again', () => {
    const all = scene()
    const { repository, client } = all
    repository.bodies.snapshot.version = 2 ** 31 - 1
    repository.bodies.timestamp.version = 2 ** 31 - 1
    repository.publish()
    client.refresh()
    const stolen = { snapshot: repository.roles.snapshot, timestamp: repository.roles.timestamp }
    Object.assign(repository.bodies.snapshot, { version: 3 })
    Object.assign(repository.bodies.timestamp, { version: 3 })
    repository.addArtifact('targets', newer, 'two')
    repository.publish()
    refused(all, 'E_METADATA_ROLLBACK', `has already seen version ${2 ** 31}`)
    repository.roles.snapshot = roleOf([newKey()])
    repository.roles.timestamp = roleOf([newKey()])
    repository.nextRoot()
    repository.publish()
    expect(client.find(newer)).toMatchObject([{ path: newer }])
    expect(client.version('snapshot')).toBe(5)
    // The thief's own word no longer counts.
    repository.roles.timestamp.signers = stolen.timestamp.keys
    repository.publish()
    refused(all, 'E_METADATA_UNSIGNED', 'may sign as timestamp')
  })

  test.each([2 ** 53, -1, 0, '7'])('A7-15: when a version is %j, then it is refused', (version) => {
    const all = scene()
    const { timestamp } = all.repository.bodies
    Object.assign(timestamp, { version })
    all.repository.publishTimestamp()
    refused(all, 'E_METADATA_INVALID', 'timestamp.json')
  })

  test('A7-15: when a version is written as a fraction, then it is refused', () => {
    const all = scene()
    const text = all.repository.files.get('timestamp.json')?.toString() ?? ''
    for (const other of ['2.5', '2.0', '2e0']) {
      all.repository.files.set('timestamp.json', Buffer.from(text.replace('"version":2', `"version":${other}`)))
      refused(all, 'E_METADATA_INVALID', `has the number ${other}, which is not a whole one`)
    }
  })

  test('A7-16: when hash or length of a file are not those that were signed, then it is not even read', () => {
    for (const [change, words] of [
      [(bytes: Buffer) => Buffer.concat([bytes, Buffer.from(' ')]), 'is too large'],
      [(bytes: Buffer) => bytes.subarray(0, -1), 'bytes were signed for'],
      [(bytes: Buffer) => Buffer.from(bytes).fill(0x20, 0, 1), 'has the sha256'],
    ] as const) {
      const all = scene()
      publishNewer(all)
      const bytes = all.repository.files.get('3.snapshot.json')
      if (bytes !== undefined) all.repository.files.set('3.snapshot.json', change(bytes))
      const outcome = all.client.attempt(newer)
      expect(outcome).toMatchObject({
        message: expect.stringContaining(words === 'bytes were signed for' ? 'were signed for' : words),
      })
      expect(all.client.version('snapshot')).toBe(2)
    }
  })

  test('A7-17: when a snapshot is served as targets, then it is refused for what it is', () => {
    const all = scene()
    const { repository } = all
    repository.hashed = false
    repository.roles.targets = repository.roles.snapshot
    repository.nextRoot()
    publishNewer(all)
    repository.files.set('3.targets.json', repository.files.get('3.snapshot.json') ?? Buffer.alloc(0))
    refused(all, 'E_METADATA_INVALID', 'is metadata of the kind "snapshot", where targets was expected')
  })
})

test('when a role of the root is rotated away, then only its own memory goes', () => {
  const all = scene()
  const { repository, client } = all
  repository.roles.timestamp = roleOf([newKey()])
  repository.nextRoot()
  repository.bodies.timestamp.version = 0
  repository.publish()
  expect(client.find(path)).toMatchObject([{ path }])
  expect(client.version('timestamp')).toBe(1)
  repository.bodies.snapshot.version = 1
  repository.publish()
  refused(all, 'E_METADATA_ROLLBACK', 'of snapshot')
})

test.each(['ed25519', 'ecdsa', 'rsa'] as const)('when all keys are %s, then a release is found', (kind) => {
  const keys = kind === 'rsa' ? shared(kind) : () => newKey(kind)
  const repository = new TestRepository(nowMs, keys)
  repository.addArtifact('targets', path, 'one')
  repository.publish()
  expect(new MemoryClient(repository, nowMs).find(path)).toMatchObject([{ path }])
})

/** RSA keys take their time to make. */
function shared(kind: 'rsa'): () => TestKey {
  const key = newKey(kind)
  return () => key
}

test('when nothing is new, then two requests are made, whose bodies have less than a kilobyte', () => {
  const { client, repository } = scene()
  client.refresh()
  expect(client.requests).toStrictEqual(['2.root.json', 'timestamp.json'])
  expect(repository.files.get('timestamp.json')?.length).toBeLessThan(1024)
})

test.each(['root', 'targets'] satisfies TopRole[])('when %s needs two of three keys, then any two will do', (role) => {
  const all = scene()
  const { repository, client } = all
  const keys = [newKey(), newKey(), newKey()]
  const before = repository.roles.root.keys
  repository.roles[role] = { keys, signers: keys.slice(1), threshold: 2 }
  repository.nextRoot(before)
  repository.publish()
  expect(client.find(path)).toMatchObject([{ path }])
  repository.roles[role].signers = keys.slice(0, 2)
  if (role === 'root') repository.nextRoot()
  repository.publish()
  expect(client.find(path)).toMatchObject([{ path }])
})
