import { describe, expect, test } from 'vitest'
import { parseVersion } from './compare.ts'
import { inRange, parseRange } from './range.ts'
import type { Scheme } from './scheme.ts'

function fits(version: string, text: string, scheme: Scheme = 'semver'): boolean | null {
  const [parsed, range] = [parseVersion(version, scheme), parseRange(text, scheme)]
  return parsed === null || range === null ? null : inRange(parsed, range)
}

describe('ranges', () => {
  const rows: readonly [version: string, range: string, boolean][] = [
    ['1.2.9', '1.2.*', true],
    ['1.2.0-beta.1', '1.2.*', true],
    ['1.3.0', '1.2.*', false],
    ['1.2.9', '1.2', true],
    ['1.2.3', '1.2.3', true],
    ['v1.2.3', '=1.2.3', true],
    ['1.2.4', '1.2.3', false],
    ['2.0.0-beta.1', '>=2', true],
    ['2.0.0-beta.1', '>=2.0.0', false],
    ['2.0.0-beta.1', '<2', false],
    ['1.9.9', '<2', true],
    ['1.2.9', '>1.2', false],
    ['1.3.0', '>1.2', true],
    ['1.2.9', '<=1.2', true],
    ['1.5.0', '>=1.2 <2', true],
    ['2.5.0', '>= 1.2, < 2', false],
    ['9.9.9', '*', true],
    ['1.0.0-beta.5', '1.0.0-beta.5', true],
  ]
  test.each(rows)('%s in %s is %s', (version, range, expected) => {
    expect(fits(version, range)).toBe(expected)
  })

  test('when the scheme differs, then its own order counts', () => {
    expect(fits('1.0.dev5', '>=1.0.0', 'pep440')).toBe(false)
    expect(fits('1!1.0', '>=2', 'pep440')).toBe(true)
    expect(fits('2024.10.1', '>2024.9', 'calver')).toBe(true)
    expect(fits('1.2.3.10', '>=1.2.3.9', 'loose')).toBe(true)
  })

  test('when a digest is followed, then one can be named, and a range of versions cannot be read', () => {
    const running = `latest@sha256:${'a'.repeat(12)}`
    expect(fits(running, `sha256:${'a'.repeat(64)}`, 'digest')).toBe(true)
    expect(fits(running, `latest@sha256:${'b'.repeat(12)}`, 'digest')).toBe(false)
    expect(fits(running, '*', 'digest')).toBe(true)
    expect(parseRange('2.*', 'digest')).toBeNull()
    expect(parseRange(`<latest@sha256:${'a'.repeat(12)}`, 'digest')).toBeNull()
  })

  test.each(['', '^1.2', '~1', '>=', 'latest', '1.2 || 2', '>=1 >=1 >=1 >=1 >=1 >=1 >=1 >=1 >=1'])(
    'when the range is %j, then it is refused',
    (text) => {
      expect(parseRange(text, 'semver')).toBeNull()
    },
  )
})
