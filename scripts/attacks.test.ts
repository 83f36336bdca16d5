import { expect, test } from 'vitest'
import { isThere, namedTestsIn } from './named-tests.ts'

/** Of the cases 1 to 48, those about deltas and about the fleet's hub are not built. */
const notBuilt: ReadonlySet<number> = new Set([33, 34, 35, 36, 38, 39, 40])
const promised = Array.from({ length: 48 }, (_, i) => i + 1).filter((number) => !notBuilt.has(number))

const rows = namedTestsIn('docs/attacks.md')

test('when an attack must not succeed, then the list names a test for it', () => {
  expect([...new Set(rows.map(({ number }) => Number(number)))]).toStrictEqual(promised)
})

test('when a test is named there, then it is in that file and begins with the number of the attack', () => {
  expect(rows.length).toBeGreaterThan(promised.length)
  expect(rows.filter((row) => !isThere(row))).toStrictEqual([])
  expect(rows.filter(({ number, name }) => !name.startsWith(`A7-${number}: `))).toStrictEqual([])
})
