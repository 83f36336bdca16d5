import { describe, expect, test } from 'vitest'
import { unmetRequirement } from './requires.ts'

describe('what a component requires', () => {
  const remote = (version: string | null) => new Map([['remote', { version, scheme: 'semver' as const }]])

  test('when all is met, then nothing holds', () => {
    expect(unmetRequirement({}, new Map())).toBeNull()
    expect(unmetRequirement({ remote: '>=1.0.0' }, remote('1.0.0'))).toBeNull()
    expect(unmetRequirement({ remote: '*' }, remote('latest@sha256:0123456789ab'))).toBeNull()
  })

  test.each([
    ['0.9.0', '>=1.0.0'],
    ['1.0.0-beta.5', '>=1.0.0'],
    ['develop', '>=1'],
    [null, '*'],
    ['1.0.0', 'nonsense'],
  ])('when remote is %s and %s is required, then it holds', (found, range) => {
    const expected = { kind: 'requires', component: 'remote', range, found }
    expect(unmetRequirement({ remote: range }, remote(found))).toEqual(expected)
  })

  test('when the other one is not installed, then it holds', () => {
    expect(unmetRequirement({ remote: '*' }, new Map())).toMatchObject({ component: 'remote', found: null })
  })
})
