import { expect, test } from 'vitest'
import { formatAgo, formatBytes, formatDuration, formatExact } from './format.ts'

test('when bytes are shown then with two digits at most that matter, in the words of the language', () => {
  const shown = [0, 1, 999, 1000, 2_140_000, 84_200, 18_300_000_000].map((bytes) => formatBytes(bytes, 'en'))
  expect(shown).toStrictEqual(['0 bytes', '1 byte', '999 bytes', '1 kB', '2.1 MB', '84 kB', '18 GB'])
  expect(formatBytes(2_140_000, 'de')).toBe('2,1 MB')
})

test('when a time span is shown then in the largest two units that say something', () => {
  const shown = [0, 340, 9940, 9960, 59_900, 125_000, 120_000, 3_840_000, 3 * 86_400_000, 90 * 3_600_000]
  expect(shown.map((ms) => formatDuration(ms, 'en'))).toStrictEqual([
    '0 s',
    '0.3 s',
    '9.9 s',
    '10 s',
    '1 min',
    '2 min 5 s',
    '2 min',
    '1 h 4 min',
    '3 d',
    '3 d 18 h',
  ])
  expect(formatDuration(1340, 'de')).toBe('1,3 s')
})

test('when a time is near then it is told as a person would, before and after', () => {
  const now = Date.UTC(2026, 10, 21, 12)
  const told = [-3000, -50_000, -4 * 60_000, -26 * 3_600_000, 2 * 3_600_000, -400 * 86_400_000]
  expect(told.map((away) => formatAgo(now + away, now, 'en'))).toStrictEqual([
    'now',
    '50 seconds ago',
    '4 minutes ago',
    'yesterday',
    'in 2 hours',
    'last year',
  ])
  expect(formatAgo(now - 4 * 60_000, now, 'de')).toBe('vor 4 Minuten')
})

test('when the exact time is asked for then it has its zone', () => {
  expect(formatExact(Date.UTC(2026, 10, 21, 12), 'en', 'UTC')).toBe('Nov 21, 2026, 12:00:00 PM UTC')
  expect(formatExact(Date.UTC(2026, 10, 21, 12), 'de', 'UTC')).toBe('21.11.2026, 12:00:00 UTC')
})
