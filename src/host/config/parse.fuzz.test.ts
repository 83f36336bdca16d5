import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BelayError } from '../../core/model/problem.ts'
import { isMap, type Path } from '../../protocol/config/finding.ts'
import { sampleKinds } from '../../protocol/config/kinds.fixture.ts'
import { parseConfigValue } from '../../protocol/config/parse.ts'
import { parseConfig } from './parse.ts'

const kinds = sampleKinds()
const valid = {
  version: 1,
  agent: { check: { every: '24h' }, log: { level: 'info' }, compat: { system: 'core' } },
  components: {
    core: {
      source: { type: 'github', repo: 'a/b', token: { env: 'T' } },
      strategy: { type: 'directory', path: '/a', prepare: [['x']], service: { type: 'systemd', unit: 'u' } },
      version: { file: 'VERSION', scheme: 'semver' },
      aliases: ['c'],
      data: [{ type: 'path', path: '/d' }],
      checks: { before: [{ type: 'disk_space', minimum_mb: 1 }] },
      policy: { window: { cron: '0 2 * * *', duration: '2h' }, hold: ['1.*'] },
      requires: { agent: '>=1' },
    },
  },
}

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  const entries = Array.isArray(value) ? [...value.entries()] : isMap(value) ? Object.entries(value) : []
  return [path, ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
}

/** The value with `junk` at a path. */
function replaced(value: unknown, [key, ...rest]: Path, junk: unknown): unknown {
  if (key === undefined) return junk
  if (Array.isArray(value))
    return value.map((inner: unknown, index) => (index === key ? replaced(inner, rest, junk) : inner))
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === key ? replaced(inner, rest, junk) : inner]),
  )
}

function linesOf(run: () => unknown): readonly string[] {
  try {
    run()
    return []
  } catch (error) {
    if (!(error instanceof BelayError) || error.problem.code !== 'E_CONFIG_INVALID') throw error
    const lines = error.problem.facts['errors']
    return Array.isArray(lines) ? lines.map(String) : []
  }
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    '',
    'x',
    '~/a',
    '__proto__',
    [],
    {},
    [[]],
    { type: 'x' },
    { __proto__: 1 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.dictionary(
    fc.constantFrom('type', 'file', 'env', 'constructor', 'toString', 'path'),
    fc.jsonValue({ maxDepth: 1 }),
  ),
)

test('when any place holds anything, then it is accepted or every line names a place, and nothing else is thrown', () => {
  const paths = pathsOf(valid)
  let refused = 0
  fc.assert(
    fc.property(fc.constantFrom(...paths), junk, (path, value) => {
      const config = replaced(valid, path, value)
      const fromValue = linesOf(() => parseConfigValue(config, '/', kinds))
      const text = JSON.stringify(config)
      const fromText = linesOf(() => parseConfig({ text, file: '/b.yaml', shown: 'b.yaml', baseDir: '/' }, kinds))
      for (const line of fromText) expect(line).toMatch(/^b\.yaml:\d+:\d+(: | \S.*: )\S/)
      expect(fromText.length).toBe(fromValue.length)
      if (fromText.length > 0) refused++
    }),
    { numRuns: 150 },
  )
  expect(refused).toBeGreaterThan(50)
})
