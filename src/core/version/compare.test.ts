import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Relation } from '../model/release.ts'
import { compareVersions, isPrerelease, parseVersion, relation, sameVersion } from './compare.ts'
import { type Scheme, schemes } from './scheme.ts'

describe("the component updater's own table", () => {
  const rows: readonly [latest: string, local: string, Relation][] = [
    ['v1.2.0', '1.1.0', 'older'],
    ['v1.1.5', '1.1.5', 'current'],
    ['v2.0.0', '1.9.9', 'older'],
    ['v1.0.0-beta', '1.0.0', 'local-newer'],
    ['v1.1.0', '1.2.0', 'local-newer'],
  ]
  test.each(rows)('when %s is released and %s is installed, then it is %s', (latest, local, expected) => {
    expect(relation(local, latest, 'semver')).toBe(expected)
    expect(relation(local, latest, 'pep440')).toBe(expected)
  })
})

describe('D9: a version that cannot be read is unknown, never 0.0.0', () => {
  const unreadable = [
    'unknown',
    'latest',
    'develop',
    'x+build',
    '',
    'v',
    '<DUNEBUGGER_REMOTE_VERSION_HERE>',
    'RELEASE_VERSION',
    'be77d9a',
    '1a23456',
    '1234567',
    '12345678901234567890.0.0',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    `1.${'0'.repeat(200)}`,
    '1.0.0-',
    '1..0',
    '-1.0.0',
    '1.0.0\n2.0.0',
  ]
  test.each(unreadable)('when the version is %j, then nothing is an update of it', (text) => {
    for (const scheme of ['semver', 'pep440'] as const) {
      expect(parseVersion(text, scheme)).toBeNull()
      expect(relation(text, '9.9.9', scheme)).toBe('unknown')
      expect(relation('0.0.1', text, scheme)).toBe('unknown')
      expect(relation(text, text, scheme)).toBe('unknown')
    }
  })

  const rows: readonly [Scheme, current: string, latest: string, Relation][] = [
    // a development build is neither taken for a release nor for 0.0.0; semver does not know on which side of 1.0.1 it is
    ['semver', '1.0.1.dev5', '1.0.0', 'unknown'],
    ['pep440', '1.0.1.dev5', '1.0.0', 'local-newer'],
    ['pep440', '1.0.1.dev5', '1.0.1', 'older'],
    ['semver', '1.0', '1.0.0', 'current'],
    ['semver', '1.0.0', 'v1.0', 'current'],
    ['pep440', '1.0', '1.0.0', 'current'],
    ['loose', '1.0', '1.0.0', 'current'],
    ['semver', '1.0.0', '1.1.0+b5', 'older'],
    ['semver', '1.1.0', '1.1.0+b5', 'current'],
    ['semver', '1.1.0+b4', '1.1.0+b5', 'current'],
    ['semver', '1.0.0-beta.1.2', '1.0.0-beta.3', 'older'],
    ['semver', '1.0.0-beta.3', '1.0.0-beta.1.2', 'local-newer'],
  ]
  test.each(rows)('in %s, when %s is installed and %s released, then it is %s', (scheme, current, latest, expected) => {
    expect(relation(current, latest, scheme)).toBe(expected)
  })
})

test('C1: when a tag has its v, then it is newer than what it is newer than', () => {
  expect(relation('1.0.0', 'v1.1.0', 'semver')).toBe('older')
  expect(relation('v1.1.0', '1.1.0', 'semver')).toBe('current')
})

describe('semantic versions as projects write them', () => {
  const rows: readonly [a: string, b: string, -1 | 0 | 1][] = [
    ['v1.0', '1.0.0', 0],
    ['V2', '2.0.0', 0],
    ['2024.01.05', '2024.1.5', 0],
    ['1.0.0-rc10', '1.0.0-rc9', 1],
    ['1.0.0-RC1', '1.0.0-rc.1', 0],
    ['1.0.0rc1', '1.0.0-rc.1', 0],
    ['1.0.0-RC2', '1.0.0-beta1', 1],
    // DuneBugger's builds
    ['1.0.0-beta.3.dev2', '1.0.0-beta.3', 1],
    ['1.0.0-beta.3.dev10', '1.0.0-beta.3.dev2', 1],
    ['1.0.0-beta.3.dev2', '1.0.0-beta.4', -1],
    ['1.0.0-beta.3-build85', '1.0.0-beta.3', 0],
    ['1.0.0-beta.3-build85', '1.0.0-beta.15', -1],
    ['1.0.0-beta.5.dirty', '1.0.0-beta.5', 0],
    ['1.0.0-5-gabc1234', '1.0.0', 0],
    ['v1.0.0-5-gabc1234-dirty', '1.0.1', -1],
  ]
  test.each(rows)('%s compared to %s is %i', (a, b, expected) => {
    expect(compareVersions(a, b, 'semver')).toBe(expected)
    expect(compareVersions(b, a, 'semver')).toBe(expected === 0 ? 0 : -expected)
  })

  test.each(['0.0.0-dev51', '0.0.0-development', '1.0.0.dev5', '1.0.0.dev5.dirty', '1.2.3.4'])(
    '%s is unknown',
    (text) => {
      expect(parseVersion(text, 'semver')).toBeNull()
    },
  )
})

describe('the other schemes', () => {
  const rows: readonly [Scheme, a: string, b: string, -1 | 0 | 1 | null][] = [
    ['pep440', '1.0a1', '1.0.dev5', 1],
    ['pep440', '1.0.post1', '1.0', 1],
    ['pep440', '1.0rc10', '1.0rc9', 1],
    ['pep440', '1!1.0', '2.0', 1],
    ['calver', '2024.10.1', '2024.9.30', 1],
    ['calver', '2024.01', '2024.1.0', 0],
    ['calver', '20240105', '2024-01-05', 0],
    ['calver', '20240105.2', '20240105', 1],
    ['calver', '24.04', '2024.4', 0],
    ['calver', '2024.1.0b3', '2024.1.0', -1],
    ['calver', '1.2.3', '2024.1', null],
    ['loose', '1.2.3.10', '1.2.3.9', 1],
    ['loose', '1_2_3', 'v1.2.3', 0],
    ['loose', '10', '9.9', 1],
    ['loose', '1.2-rc1', '1.2', -1],
    ['loose', '1.2.post1', '1.2', 1],
    ['loose', '1.1.1w', '1.1.1', null],
    ['loose', '1.2.3-ls10', '1.2.3-ls9', 1],
    ['loose', '1.2.4-ls1', '1.2.3-ls9', 1],
    ['loose', '1.2.3-r1', '1.2.3', 1],
    ['semver', '1.2.3-ls10', '1.2.3', null],
    ['digest', `latest@sha256:${'a'.repeat(12)}`, `stable@sha256:${'A'.repeat(64)}`, 0],
    ['commit', 'b387b2951a22', 'b387b2951a2213d1c7f491f546bf90edc5e6fee2', 0],
    ['commit', 'B387B2951A22', 'b387b2951a22', 0],
    ['commit', '1.2.3', '1.2.3', 0],
    ['commit', '', 'b387b2951a22', null],
  ]
  test.each(rows)('in %s %s compared to %s is %s', (scheme, a, b, expected) => {
    expect(compareVersions(a, b, scheme)).toBe(expected)
  })

  test.each([
    ['1.0.0-beta.1', 'semver', true],
    ['1.0.0+b5', 'semver', false],
    ['1.0.dev1', 'pep440', true],
    ['1.0.post1', 'pep440', false],
    ['2024.1.0b3', 'calver', true],
    ['develop', 'semver', false],
  ] as const)('when %s is asked in %s, then prerelease is %s', (text, scheme, expected) => {
    expect(isPrerelease(text, scheme)).toBe(expected)
  })
})

test('when neither text is a version, then only the same spelling is the same', () => {
  expect(sameVersion('be77d9a', 'be77d9a\n', 'semver')).toBe(true)
  expect(sameVersion('be77d9a', 'be77d9b', 'semver')).toBe(false)
  expect(sameVersion('v1.0', '1.0.0', 'semver')).toBe(true)
  expect(sameVersion('develop', '1.0.0', 'semver')).toBe(false)
})

const number = fc.nat({ max: 12 }).map(String)
const word = fc.constantFrom(
  'alpha',
  'beta',
  'rc',
  'dev',
  'post',
  'a',
  'b',
  'x',
  'RC1',
  'rc10',
  'dirty',
  'build7',
  'g1234567',
)
const part = fc.oneof(number, word)
const separator = fc.constantFrom('.', '-', '+', '_', '')
/** Text near enough to versions that most of it is read by some scheme. */
const versionText = fc
  .tuple(fc.constantFrom('', 'v', '2024.', '1.0.', '1!'), number, fc.array(fc.tuple(separator, part), { maxLength: 4 }))
  .map(([start, first, rest]) => start + first + rest.map(([sep, text]) => sep + text).join(''))

test.each([
  [null, 'unknown'],
  [`latest@sha256:${'a'.repeat(12)}`, 'current'],
  [`latest@sha256:${'b'.repeat(12)}`, 'older'],
  [`latest@sha256:${'0'.repeat(12)}`, 'older'],
  ['1.2.3', 'older'],
] as const)('when %s runs and a digest is followed, then it is %s', (current, expected) => {
  expect(relation(current, `latest@sha256:${'a'.repeat(12)}`, 'digest')).toBe(expected)
})

test.each([
  [null, 'unknown'],
  ['b387b2951a2213d1c7f491f546bf90edc5e6fee2', 'current'],
  ['169d2d5e9536', 'older'],
  ['ffffffffffff', 'older'],
] as const)('when %s is checked out and a branch is followed, then it is %s', (current, expected) => {
  expect(relation(current, 'b387b2951a22', 'commit')).toBe(expected)
})

describe.each(schemes)('the order of %s', (scheme) => {
  const start = scheme === 'calver' ? '2024.' : ''
  const version = versionText.map((text) => start + text).filter((text) => parseVersion(text, scheme) !== null)

  test('when any three versions are compared, then the order is total', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const order = (x: string, y: string) => compareVersions(x, y, scheme) ?? Number.NaN
        const [ab, bc, ac] = [order(a, b), order(b, c), order(a, c)]
        expect(order(b, a)).toBe(ab === 0 ? 0 : -ab)
        if (ab <= 0 && bc <= 0) expect(ac).toBeLessThanOrEqual(0)
        if (ab === 0) expect(Math.sign(bc)).toBe(Math.sign(ac))
      }),
      { numRuns: 1000 },
    )
  })

  test('when a version is compared to itself in another spelling, then it is no update', () => {
    fc.assert(
      fc.property(version, (text) => {
        const canonical = parseVersion(text, scheme)?.canonical ?? ''
        // PEP 440 spells "100.alpha.10" 100a10, and what looks like a commit is unknown on purpose
        fc.pre(!/^[0-9a-f]{6,}$/i.test(canonical))
        expect(relation(text, ` v${text.replace(/^v/, '')} `, scheme)).toBe('current')
        expect(relation(text, canonical, scheme)).toBe('current')
        expect(parseVersion(canonical, scheme)?.canonical).toBe(canonical)
      }),
      { numRuns: 1000 },
    )
  })
})
