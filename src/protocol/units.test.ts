import { expect, test } from 'vitest'
import { durationText, durationSchema, parseDuration, parseSize, sizeSchema } from './units.ts'

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['2d', 172_800_000],
  ['0s', 0],
  ['90', null],
  ['1.5h', null],
  ['-1s', null],
  ['2 h', null],
  ['1w', null],
  ['99999d', null],
  ['', null],
  ['1toString', null],
])('when the duration is %j, then it is %s milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each([
  ['10MB', 10_000_000],
  ['512KiB', 524_288],
  ['500kB', 500_000],
  ['100B', 100],
  ['10', null],
  ['10M', null],
  ['999999999999TiB', null],
])('when the size is %j, then it is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test('when a number stands where a unit is needed, then the message shows how to write one', () => {
  expect(durationSchema.safeParse(90).error?.issues[0]?.message).toBe('a duration looks like 90s, 5m, 24h or 2d')
  expect(sizeSchema.safeParse('10M').error?.issues[0]?.message).toBe('a size looks like 500kB, 10MB or 1GiB')
})

test.each(['0s', '500ms', '90s', '5m', '24h', '2d', '36h', '1500ms'])(
  'when %s is read and written again then it means the same',
  (text) => {
    expect(parseDuration(durationText(parseDuration(text) ?? -1))).toBe(parseDuration(text))
  },
)
