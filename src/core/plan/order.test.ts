import { assert, property, record, subarray, uniqueArray, constantFrom, array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requirementRing, updateOrder } from './order.ts'

const map = (requires: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(requires))

describe('the order of updates', () => {
  test.each([
    ['nothing requires anything', { a: [], b: [], c: [] }, ['a', 'b', 'c'], ['a', 'b', 'c']],
    [
      'one requires a later one',
      { core: ['remote'], remote: [], scheduler: [] },
      ['core', 'remote'],
      ['remote', 'core'],
    ],
    [
      'two require the same one, as in DuneBugger',
      { core: ['remote'], scheduler: ['remote'], remote: [] },
      ['core', 'scheduler', 'remote'],
      ['remote', 'core', 'scheduler'],
    ],
    ['the one between them has no update', { a: ['b'], b: ['c'], c: [] }, ['a', 'c'], ['c', 'a']],
    ['something else is required', { core: ['agent'], remote: [] }, ['core', 'remote'], ['core', 'remote']],
    ['names were given in another order', { a: [], b: [], c: ['a'] }, ['c', 'b', 'a'], ['a', 'b', 'c']],
    ['two require each other', { a: ['b'], b: ['a'], c: [] }, ['a', 'b', 'c'], ['b', 'a', 'c']],
  ])('when %s, then the order follows', (_, requires, updating, order) => {
    expect(updateOrder(map(requires), updating)).toEqual(order)
  })

  const names = ['a', 'b', 'c', 'd', 'e', 'f']

  test('when there is no ring, then each follows all that it requires, and those without a reason stay as they were', () => {
    // A requirement always leads to an earlier name, and the config lists them in any order.
    const world = record({
      config: uniqueArray(constantFrom(...names), { minLength: names.length, maxLength: names.length }),
      arrows: array(uniqueArray(constantFrom(...names), { maxLength: 3 }), { minLength: 6, maxLength: 6 }),
      updating: subarray(names),
    })
    assert(
      property(world, ({ config, arrows, updating }) => {
        const needs = (name: string) =>
          (arrows[names.indexOf(name)] ?? []).filter((needed) => names.indexOf(needed) < names.indexOf(name))
        const requires = new Map(config.map((name) => [name, needs(name)]))
        const order = updateOrder(requires, updating)
        expect(requirementRing(requires)).toBeNull()
        expect(order.toSorted()).toEqual(updating.toSorted())
        for (const name of order) {
          for (const needed of needs(name).filter((one) => updating.includes(one))) {
            expect(order.indexOf(needed)).toBeLessThan(order.indexOf(name))
          }
        }
        const free = order.filter(
          (name) => !order.some((other) => reaches(requires, name, other) || reaches(requires, other, name)),
        )
        expect(free).toEqual(config.filter((name) => free.includes(name)))
      }),
    )
  })
})

function reaches(requires: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  return (requires.get(from) ?? []).some((needed) => needed === to || reaches(requires, needed, to))
}

describe('a ring', () => {
  test.each([
    [{ a: ['b'], b: ['c'], c: ['b'] }, ['b', 'c', 'b']],
    [{ a: ['a'] }, ['a', 'a']],
    [{ x: [], a: ['b', 'x'], b: ['c'], c: ['x', 'a'] }, ['a', 'b', 'c', 'a']],
  ])('when %j require each other, then the ring is named', (requires, ring) => {
    expect(requirementRing(map(requires))).toEqual(ring)
  })

  test('when many require the same ones, then that is no ring, and it is found out at once', () => {
    const layers = Array.from({ length: 60 }, (_, at) => [
      `n${at}`,
      at === 0 ? [] : [`n${at - 1}`, `n${Math.max(0, at - 2)}`],
    ])
    expect(requirementRing(new Map(layers as [string, string[]][]))).toBeNull()
  })
})
