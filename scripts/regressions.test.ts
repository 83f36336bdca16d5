import { expect, test } from 'vitest'
import { isThere, namedTestsIn } from './named-tests.ts'

/** The faults that this version must not have. */
const promised =
  'D1 D2 D3 D4 D5 D6 D7 D8 D9 D10 D11 D12 D13 D14 D15 D16 D17 D18 D19 D20 D21 D22 D23 D24 D25 H1 H2 H3 H4 H5 H6 H7 H8 H9 C1 C2 C3 C4 C5 C6 C7 W1 W2 W3 W4 W5 W6 W7 W8'.split(
    ' ',
  )

const rows = namedTestsIn('docs/regressions.md')

test('when a fault must not come back, then the list names a test for it', () => {
  expect([...new Set(rows.map((row) => row.number))].toSorted()).toStrictEqual(promised.toSorted())
})

test('when a test is named there, then it is in that file and begins with the number of the fault', () => {
  expect(rows.length).toBeGreaterThan(promised.length)
  expect(rows.filter((row) => !isThere(row))).toStrictEqual([])
  expect(rows.filter(({ number, name }) => !(name.split(':')[0] ?? '').split(', ').includes(number))).toStrictEqual([])
})
