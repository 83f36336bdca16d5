import { expect, test } from 'vitest'
import { timespanMs } from './timespan.ts'

test.each([
  ['1min 30s', 90_000],
  ['10min', 600_000],
  ['0', 0],
  ['1.500s', 1500],
  ['1d 2h', 93_600_000],
  ['250ms', 250],
  ['infinity', null],
  ['', null],
  ['[not set]', null],
])('when systemd shows %j then it is %j ms', (text, ms) => {
  expect(timespanMs(text)).toBe(ms)
})
