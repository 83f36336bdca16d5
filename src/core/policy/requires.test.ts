import { describe, expect, test } from 'vitest'
import { requiredOrder, unmetRequirement } from './requires.ts'

describe('what a component requires', () => {
  const remote = (version: string | null) => new Map([['remote', { version, scheme: 'semver' as const }]])

  test('when all is met, then nothing holds', () => {
    expect(unmetRequirement({}, new Map())).toBeNull()
    expect(unmetRequirement({ remote: '>=1.0.0' }, remote('1.0.0'))).toBeNull()
  })

  test.each([
    ['0.9.0', '>=1.0.0'],
    ['1.0.0-beta.5', '>=1.0.0'],
    ['develop', '*'],
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

describe('the order of components', () => {
  test('when one requires another, then that one comes first', () => {
    const requires = new Map([
      ['core', ['remote']],
      ['remote', ['agent']],
      ['scheduler', []],
    ])
    expect(requiredOrder(requires)).toEqual({ order: ['remote', 'core', 'scheduler'] })
  })

  test('when they require each other in a ring, then the ring is named', () => {
    const requires = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ])
    expect(requiredOrder(requires)).toEqual({ cycle: ['b', 'c', 'b'] })
  })
})
