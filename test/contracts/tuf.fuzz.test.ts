import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStrictJson, StrictJsonError } from '../../src/core/trust/tuf/strict-json.ts'
import { MemoryClient } from './tuf.client.ts'
import { newKey, roleOf, signedBy, TestRepository, type TopRole } from './tuf.repository.ts'

/** Of metadata that somebody changed on the way; `BELAY_FUZZ=all` tries a hundred thousand. */
const mutations = process.env['BELAY_FUZZ'] === 'all' ? 100_000 : 3000
const timeoutMs = process.env['BELAY_FUZZ'] === 'all' ? 1_200_000 : 300_000
const nowMs = Date.UTC(2027, 0, 1)
const path = 'app/stable/app.tar.zst'

/** Without lengths and hashes, so that what was changed is read at all. */
function build() {
  const repository = new TestRepository(nowMs)
  repository.hashed = false
  repository.delegate({ name: 'stable', by: 'targets', role: roleOf([newKey()]), paths: ['app/stable/*'] })
  repository.addArtifact('stable', path, 'bytes', { seq: 1 })
  repository.nextRoot()
  repository.publish()
  return repository
}

const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\u0000',
  '1e999',
  '-1',
  'null',
  '__proto__',
  '"version":9,',
  'ü',
]

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 40 }),
  put: fc.oneof(
    fc.constantFrom(...pieces),
    fc.string({ maxLength: 12 }),
    fc.constant('[').map((one) => one.repeat(5000)),
  ),
})

function mutated(bytes: Buffer, { at, drop, put }: { at: number; drop: number; put: string }): Buffer {
  const start = Math.floor(at * bytes.length)
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(put), bytes.subarray(start + drop)])
}

test('when metadata is changed anywhere, then it is refused with a reason or means the same', {
  timeout: timeoutMs,
}, () => {
  const repository = build()
  const names = [...repository.files.keys()]
  let refused = 0
  const property = fc.property(
    fc.constantFrom(...names),
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    (name, all) => {
      const whole = repository.files.get(name) ?? Buffer.alloc(0)
      repository.files.set(name, all.reduce(mutated, whole))
      try {
        const outcome = new MemoryClient(repository, nowMs).attempt(path)
        if ('code' in outcome) {
          refused++
          expect(outcome).toMatchObject({ code: expect.stringMatching(/^E_(METADATA|CLOCK|RESPONSE|NOT_FOUND)/) })
        } else expect(outcome).toMatchObject([{ path, bytes: 5 }])
      } finally {
        repository.files.set(name, whole)
      }
    },
  )
  fc.assert(property, { numRuns: mutations })
  expect(refused).toBeGreaterThan(mutations / 2)
})

test('when fields of metadata are anything, and signed, then reading them crashes nothing', {
  timeout: timeoutMs,
}, () => {
  const repository = build()
  const places = ['version', 'expires', 'spec_version', 'targets', 'delegations', 'meta', '_type', 'keys', 'roles']
  const property = fc.property(
    fc.constantFrom('root', 'timestamp', 'snapshot', 'targets'),
    fc.constantFrom(...places),
    fc.jsonValue({ maxDepth: 4 }).filter((value) => !/\.|e-|e\+/i.test(JSON.stringify(value))),
    (role, field, value) => {
      const changed = signedWith(repository, role, field, value)
      const outcome = new MemoryClient(changed, nowMs).attempt(path)
      if ('code' in outcome) expect(outcome.code).not.toBe('E_INTERNAL')
    },
  )
  fc.assert(property, { numRuns: Math.ceil(mutations / 10) })
})

/** A repository that is right but for one field of one file, which is signed as it should be. */
function signedWith(from: TestRepository, role: string, field: string, value: unknown): TestRepository {
  const changed = new TestRepository(nowMs)
  changed.hashed = false
  Object.assign(changed.roles, from.roles)
  changed.publishRoot()
  changed.publish({ bump: false })
  const { root, timestamp, snapshot } = changed.bodies
  const files: Readonly<Record<string, readonly [string, object]>> = {
    root: ['2.root.json', { ...changed.rootBody(), version: 2 }],
    timestamp: ['timestamp.json', timestamp],
    snapshot: ['1.snapshot.json', snapshot],
    targets: ['1.targets.json', changed.targetsOf('targets')],
  }
  const [name, body] = files[role] ?? ['1.root.json', root]
  changed.files.set(name, signedBy({ ...body, [field]: value }, from.roles[role as TopRole].keys))
  return changed
}

test('when a text is JSON of whole numbers, then it means what JSON.parse says', () => {
  const json = fc.json({ maxDepth: 6 }).filter((text) => !/[.e]/i.test(text) && !text.includes('__proto__'))
  fc.assert(
    fc.property(json, (text) => {
      let strict: unknown
      try {
        strict = parseStrictJson(Buffer.from(text))
      } catch (error) {
        // Stricter it may be: half characters, numbers past 2^53.
        expect(error).toBeInstanceOf(StrictJsonError)
        return
      }
      expect(strict).toStrictEqual(JSON.parse(text))
    }),
    { numRuns: 500 },
  )
})

test('when a text of many megabytes opens and never closes, then reading ends at the depth limit', () => {
  const before = process.memoryUsage().heapUsed
  expect(() => parseStrictJson(Buffer.alloc(5_000_000, '['))).toThrow(StrictJsonError)
  expect(() => parseStrictJson(Buffer.alloc(5_000_000, '{"a":'))).toThrow(StrictJsonError)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024)
})
