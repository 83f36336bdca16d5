import { expect, test } from 'vitest'
import { parseSpan, sameSpan, writeSpan } from './durations.ts'

test('when a time span is read then it is written the same again, and what is none is not', () => {
  const spans = ['0s', '90s', '5m', '24h', '2d'].map(parseSpan)
  expect(spans.map((span) => (span === null ? null : writeSpan(span)))).toStrictEqual(['0s', '90s', '5m', '24h', '2d'])
  expect(['', 'off', '1.5h', '-1h', '1w', '0 3 * * *'].map(parseSpan)).toStrictEqual([
    null,
    null,
    null,
    null,
    null,
    null,
  ])
})

test('when two ways of writing mean the same then they are the same', () => {
  expect([sameSpan('24h', '1d'), sameSpan('off', 'off'), sameSpan('1h', '61m'), sameSpan('off', '0s')]).toStrictEqual([
    true,
    true,
    false,
    false,
  ])
})
