import { expect, test } from 'vitest'
import { ago, bytes, clock, duration, moment } from './units.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [84_000, '84 kB'],
  [2_100_000, '2.1 MB'],
  [9_960_000, '10 MB'],
  [999_600, '1.0 MB'],
  [18_000_000_000, '18 GB'],
])('when %i bytes are shown then they read %s', (count, text) => {
  expect(bytes(count)).toBe(text)
})

test.each([
  [8, '8 ms'],
  [300, '0.3 s'],
  [1400, '1.4 s'],
  [9960, '10 s'],
  [63_000, '63 s'],
  [184_000, '3 min 4 s'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
])('when %i ms are shown then they read %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

const now = Date.parse('2026-11-20T12:00:00Z')

test.each([
  ['2026-11-20T11:59:30Z', 'just now'],
  ['2026-11-20T11:59:00Z', '1 minute ago'],
  ['2026-11-17T11:00:00Z', '3 days ago'],
  ['2026-11-20T14:10:00Z', 'in 2 hours'],
  ['2024-11-20T14:10:00Z', '1 year ago'],
  ['soon', 'soon'],
])('when %s is compared with now then it reads %s', (iso, text) => {
  expect(ago(iso, now)).toBe(text)
})

test('when a time is shown then it is on the reader’s clock', () => {
  const local = new Date(2026, 10, 20, 9, 5, 7)
  expect(clock(local.getTime())).toBe('09:05:07')
  expect(moment(local.toISOString())).toBe('2026-11-20 09:05')
  expect(moment('never')).toBe('never')
})

test.each([
  [bytes(2_100_000, 'de'), '2,1 MB'],
  [duration(1400, 'de'), '1,4 s'],
  [ago('2026-01-01T00:00:00Z', Date.parse('2026-01-02T00:00:00Z'), 'de'), 'vor 1 Tag'],
  [ago('2026-01-01T03:00:00Z', Date.parse('2026-01-01T00:00:00Z'), 'de'), 'in 3 Stunden'],
  [ago('2026-01-01T00:00:01Z', Date.parse('2026-01-01T00:00:00Z'), 'de'), 'gerade eben'],
])('when %s is read in German then it is written as there', (text, expected) => {
  expect(text).toBe(expected)
})
