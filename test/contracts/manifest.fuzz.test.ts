import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { coreComponent, coreRelease, schedulerComponent, schedulerRelease } from '../../src/core/manifest/testing.ts'
import { judgeManifestBytes } from '../../src/host/manifest/judge.ts'

/** Manifests that somebody changed; `BELAY_FUZZ=all` tries a hundred thousand. */
const all = process.env['BELAY_FUZZ'] === 'all'
const mutations = all ? 100_000 : 3000
const timeoutMs = all ? 1_800_000 : 300_000

const read = (name: string) => readFileSync(new URL(`../fixtures/manifests/${name}`, import.meta.url))
const core = Buffer.from(read('core-example.yaml').toString().replace('abc123...', 'a'.repeat(64)))
const container = read('container-0198d7e.yaml')
const shell = read('scheduler-d2c61ce.json')

const starts = [
  { bytes: core, name: 'update-manifest.yaml', release: coreRelease, component: coreComponent },
  { bytes: container, name: 'update-manifest.yaml', release: schedulerRelease, component: schedulerComponent },
  { bytes: asJson(core), name: 'update-manifest.json', release: coreRelease, component: coreComponent },
  { bytes: shell, name: 'update-manifest.json', release: schedulerRelease, component: schedulerComponent },
] as const

/** The same manifest as JSON. */
function asJson(yaml: Buffer): Buffer {
  return Buffer.from(JSON.stringify(parse(yaml.toString()), null, 2))
}

const pieces = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '#',
  '\\',
  '- ',
  '\n',
  '  ',
  '\t',
  '&a ',
  '*a',
  '<<: ',
  '!!',
  '---\n',
  '\u0000',
  '\u202e',
  '\ufeff',
  '1e999',
  '-1',
  '.inf',
  'null',
  '__proto__: ',
  'constructor: ',
  '../',
  '/etc/passwd',
  '${X}',
  '<X>',
  'exec',
  'command: [reboot]',
  'action: exec',
  'RELEASE_VERSION',
  'TIMESTAMP',
  'http://169.254.169.254/',
]

// Small numbers are no better places than others.
const at = fc.noBias(fc.nat({ max: 1_000_000 }))
const mutation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      at,
      drop: fc.constant(1),
      put: fc.constantFrom('a', 'x', 'z', '0', '1', '9', ' ', '.', '-'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ at, drop: fc.nat({ max: 60 }), put: fc.constantFrom(...pieces) }) },
  { weight: 2, arbitrary: fc.record({ at, drop: fc.nat({ max: 60 }), put: fc.string({ maxLength: 12 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      at,
      drop: fc.nat({ max: 9 }),
      put: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      at,
      drop: fc.nat({ max: 9 }),
      put: fc.constantFrom(...['[', '{a: ', '- ', ' ', '? '].map((one) => one.repeat(800))),
    }),
  },
)

function mutated(bytes: Buffer, changes: readonly { at: number; drop: number; put: string | Buffer }[]): Buffer {
  return changes.reduce((text, { at, drop, put }) => {
    const start = at % (text.length + 1)
    return Buffer.concat([text.subarray(0, start), Buffer.from(put), text.subarray(start + drop)])
  }, bytes)
}

const knownChecks: ReadonlySet<string> = new Set([
  'disk_space',
  'memory',
  'backup_exists',
  'service_running',
  'network',
  'permissions',
  'service_active',
  'container_running',
  'health_endpoint',
  'tcp_port',
  'version_check',
])

const ownPrograms = [
  'prepare: .venv/bin/python -m pip install -r requirements.txt',
  'migrate: scripts/migrate.sh --all',
]

test('when a manifest is changed anywhere, then it gets a verdict within limits, and never asks for what is not its own', {
  timeout: timeoutMs,
}, () => {
  const seen = { accepted: 0, refused: 0 }
  const property = fc.property(
    fc.constantFrom(...starts),
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    ({ bytes, name, release, component }, changes) => {
      const verdict = judgeManifestBytes(mutated(bytes, changes), name, release, component)
      seen[verdict.kind]++
      if (verdict.kind === 'refused') {
        expect(verdict.reasons.length).toBeGreaterThan(0)
        expect(verdict.reasons.length).toBeLessThanOrEqual(21)
        for (const line of verdict.reasons) expect(line.length).toBeLessThanOrEqual(600)
        return
      }
      for (const check of [...verdict.before, ...verdict.after]) {
        expect(knownChecks).toContain(check.type)
        if (check.type === 'health_endpoint')
          expect(check['url']).toMatch(/^https?:\/\/(?:localhost|127\.[\d.]+|\[::1\])(?::|\/|$)/i)
      }
      expect(['', 'remote']).toContain(Object.keys(verdict.requires).join())
      for (const { detail, done } of [...verdict.steps, ...verdict.rollback]) {
        if (detail.startsWith('/')) expect(detail).toMatch(/^\/+(?:\.?\/+)*opt\/+(?:\.?\/+)*dunebugger/)
        expect(detail.split('/')).not.toContain('..')
        if (/^(?:prepare|migrate):/.test(done)) expect(ownPrograms).toContain(done)
      }
      expect(Object.getPrototypeOf(verdict)).toBe(Object.prototype)
      expect(Reflect.get({}, 'version')).toBeUndefined()
    },
  )
  fc.assert(property, { numRuns: mutations })
  // Otherwise nothing but the parser was tried.
  expect(seen.accepted).toBeGreaterThan(mutations / 100)
  expect(seen.refused).toBeGreaterThan(mutations / 4)
})
