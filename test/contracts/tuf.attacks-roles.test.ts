import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { effectiveNow, noMemory } from '../../src/core/trust/tuf/memory.ts'
import { isoAt, newKey, roleOf, type TestKey } from './tuf.repository.ts'
import { dayMs, delegate, newer, nowMs, path, publishNewer, refused, scene } from './tuf.scene.ts'

/** Attacks on metadata, A7-18 to A7-23 and A7-46: roles that trust roles, the text itself, and the clock. */
describe('delegations', () => {
  test('A7-18: when roles trust each other in a ring, then each is asked once', () => {
    const all = scene((repository) => {
      const [a, b] = [newKey(), newKey()]
      repository.delegate({ name: 'a', by: 'targets', role: roleOf([a]) })
      repository.delegate({ name: 'b', by: 'a', role: roleOf([b]) })
      repository.delegate({ name: 'a', by: 'b', role: roleOf([a]) })
    })
    expect(all.client.find('missing')).toStrictEqual([null])
    expect([...all.client.stored.keys()].toSorted()).toStrictEqual(['a', 'b', 'snapshot', 'targets', 'timestamp'])
  })

  test('A7-18: when 10,000 roles are trusted, then that is refused before they cost anything', () => {
    const all = scene()
    const role = roleOf([newKey()])
    for (let count = 0; count < 10_000; count++) {
      all.repository.delegations.push({ name: `r${count}`, by: 'targets', role })
    }
    all.repository.targetsOf('targets').version++
    all.repository.publishTargets('targets')
    all.repository.bodies.snapshot.version++
    all.repository.publishSnapshot()
    all.repository.bodies.timestamp.version++
    all.repository.publishTimestamp()
    refused(all, 'E_METADATA_INVALID', 'has a list of more than 2000 items', 'missing')
  })

  test('A7-18: when a search would ask more than 32 roles, then it ends', () => {
    const all = scene((repository) => {
      for (let count = 0; count < 40; count++) delegate(repository, `r${count}`, ['*'])
    })
    refused(all, 'E_METADATA_INVALID', 'is the role number 33 to be asked for missing: that is too many', 'missing')
  })

  test('A7-18: when a role that was read through one delegator is met through another, then it is that one’s keys that count', () => {
    const shared = newKey()
    const other = newKey()
    const build = (second: TestKey) =>
      scene((repository) => {
        const [a, b] = [newKey(), newKey()]
        repository.delegate({ name: 'a', by: 'targets', role: roleOf([a]), paths: ['one/*'] })
        repository.delegate({ name: 'b', by: 'targets', role: roleOf([b]), paths: ['two/*'] })
        repository.delegate({ name: 'c', by: 'a', role: roleOf([shared]), paths: ['one/*'] })
        repository.delegate({ name: 'c', by: 'b', role: { ...roleOf([second]), signers: [shared] }, paths: ['two/*'] })
        repository.addArtifact('c', 'one/x', 'x')
        repository.addArtifact('c', 'two/x', 'x')
      })
    expect(build(shared).client.find('one/x', 'two/x')).toMatchObject([{ role: 'c' }, { role: 'c' }])
    const attacked = build(other)
    expect(attacked.client.find('one/x')).toMatchObject([{ role: 'c' }])
    const outcome = attacked.client.attempt('one/x', 'two/x')
    expect(outcome).toMatchObject({ code: 'E_METADATA_UNSIGNED', message: expect.stringContaining('may sign as c') })
    // What the store has of it was proven for the first delegator alone, too.
    expect(attacked.client.attempt('two/x')).toMatchObject({ code: 'E_METADATA_UNSIGNED' })
  })

  test('A7-19: when a role signs a path that nobody trusts it with, then that is not found', () => {
    const all = scene((repository) => {
      delegate(repository, 'beta', ['app/beta/*'])
      repository.addArtifact('beta', 'app/beta/app-2.0.0', 'b')
      repository.addArtifact('beta', newer, 'not ours')
    })
    expect(all.client.find(newer, 'app/beta/app-2.0.0')).toMatchObject([null, { role: 'beta' }])
  })

  test('A7-20: when the role before it is terminating, then a later one is not asked', () => {
    const all = scene((repository) => {
      delegate(repository, 'stable', ['app/stable/*'], { terminating: true })
      delegate(repository, 'everything', ['app/stable/*'])
      repository.addArtifact('everything', newer, 'from the wrong one')
    })
    expect(all.client.find(newer)).toStrictEqual([null])
    expect(all.client.requests).not.toContain('1.everything.json')
  })

  test.each(['../evil', '/etc/x', 'a%2fb', 'ünïcödé', '..', '?', '#'])(
    'A7-21: when a role is called %j, then its name stays one part of the address',
    (name) => {
      const all = scene((repository) => {
        delegate(repository, name, ['x/*'])
        repository.addArtifact(name, 'x/y', 'y')
      })
      expect(all.client.find('x/y')).toMatchObject([{ role: name }])
      expect(all.client.requests).toContain(`2.${encodeURIComponent(name)}.json`)
    },
  )

  test.each([
    ['root', 'conflicts with'],
    ['a\nb', 'not printable'],
    ['x'.repeat(201), 'longer than 200'],
  ])('A7-21: when a role is called %j, then the role that trusts it is refused', (name, words) => {
    const all = scene()
    all.repository.delegations.push({ name, by: 'targets', role: roleOf([newKey()]) })
    all.repository.targetsOf('targets').version++
    all.repository.publishTargets('targets')
    all.repository.bodies.snapshot.version++
    all.repository.publishSnapshot()
    all.repository.bodies.timestamp.version++
    all.repository.publishTimestamp()
    refused(all, 'E_METADATA_INVALID', words, 'missing')
  })
})

describe('the text itself', () => {
  const texts: readonly (readonly [string, (text: string) => Buffer | string, string])[] = [
    ['has a key twice', (text) => text.replace('"signed":{', '"signed":{"version":9,'), 'has the key "version" twice'],
    [
      'has __proto__',
      (text) => text.replace('"signed":{', '"signed":{"__proto__":{"version":9},'),
      'has the key "__proto__"',
    ],
    [
      'is nested',
      (text) => text.replace('"signed":{', `"signed":{"x":${'['.repeat(50)}${']'.repeat(50)},`),
      'nested deeper',
    ],
    ['is not UTF-8', (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]), 'is not UTF-8'],
    ['has a byte order mark', (text) => `\ufeff${text}`, 'begins with a byte order mark'],
    [
      'has half a character',
      (text) => text.replace('"signed":{', '"signed":{"x":"\\ud800",'),
      'a string that is not Unicode',
    ],
    ['has an end after its end', (text) => `${text}{}`, 'has something after its end'],
    ['is empty', () => '', 'is not JSON'],
    ['is a list', () => '[]', 'is not signed metadata'],
  ]

  test.each(texts)('A7-22: when timestamp.json %s, then it is refused', (_, change, words) => {
    const all = scene()
    const text = all.repository.files.get('timestamp.json')?.toString() ?? ''
    all.repository.files.set('timestamp.json', Buffer.from(change(text)))
    refused(all, 'E_METADATA_INVALID', words)
  })

  test('A7-22: when a file has 100 MB, then not more than the limit is taken', () => {
    const all = scene()
    all.repository.files.set('timestamp.json', Buffer.alloc(100 * 1024 * 1024, 0x20))
    expect(all.client.attempt(newer)).toMatchObject({ code: 'E_RESPONSE_TOO_LARGE' })
  })

  test.each(['keytype', 'scheme'])(
    'A7-23: when the keys of a role have an unknown %s, then nobody signed it',
    (field) => {
      const all = scene()
      const [key] = all.repository.roles.timestamp.keys
      if (key === undefined) throw new Error('no key')
      all.repository.roles.timestamp = roleOf([{ ...key, json: { ...key.json, [field]: 'sphincs' } }])
      all.repository.nextRoot()
      publishNewer(all)
      refused(all, 'E_METADATA_UNSIGNED', 'is signed by 0 of the keys that may sign as timestamp')
    },
  )

  test('A7-23: when a file is named by an unknown hash alone, then nothing proves it', () => {
    const all = scene()
    publishNewer(all)
    all.repository.targetsOf('targets').targets[newer] = {
      length: 3,
      hashes: { md5: createHash('md5').update('two').digest('hex') },
    }
    all.repository.publish()
    refused(all, 'E_METADATA_INVALID', 'is named by ["md5"] alone, which are no known hashes')
  })

  test('A7-23: when metadata has fields that nobody here knows, then they are signed like the rest', () => {
    const all = scene()
    Object.assign(all.repository.bodies.root, { 'x-later': { a: [1, { b: null }] } })
    Object.assign(all.repository.bodies.timestamp, { 'x-later': 'ü' })
    all.repository.nextRoot()
    publishNewer(all)
    expect(all.client.find(newer)).toMatchObject([{ path: newer }])
    const text = all.repository.files.get('timestamp.json')?.toString() ?? ''
    all.repository.bodies.timestamp.version++
    all.repository.publishTimestamp()
    const tampered = all.repository.files.get('timestamp.json')?.toString().replace('"ü"', '"u"') ?? text
    all.repository.files.set('timestamp.json', Buffer.from(tampered))
    refused(all, 'E_METADATA_UNSIGNED', 'timestamp')
  })
})

describe('the clock', () => {
  test('A7-46: when the clock says 1970, then the last trusted time counts', () => {
    const all = scene()
    all.client.memory = { ...(all.client.memory ?? noMemory), trustedMs: nowMs }
    all.client.nowMs = 0
    expect(all.client.refresh().nowMs).toBe(nowMs)
    all.repository.bodies.timestamp.expires = isoAt(nowMs - dayMs)
    all.repository.publish()
    refused(all, 'E_METADATA_EXPIRED', 'expired on')
    expect(effectiveNow(0, 5, noMemory)).toBe(5)
  })

  test('A7-46: when the clock says 2099, then the clock is suspected, not the publisher', () => {
    const all = scene()
    all.client.nowMs = Date.UTC(2099, 0, 1)
    refused(all, 'E_CLOCK_SUSPECT', 'the clock of this machine says 2099-01-01T00:00:00.000Z')
    all.client.nowMs = nowMs
    expect(all.client.find(path)).toMatchObject([{ path }])
  })
})
