import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Quiet, quietUntil } from './quiet.ts'

const minuteMs = 60_000
const night: Quiet = { from: 22 * 60, to: 7 * 60, timezone: 'Europe/Rome' }
const until = (quiet: Quiet, text: string): string | null => {
  const end = quietUntil(quiet, Date.parse(text))
  return end === null ? null : new Date(end).toISOString()
}

test.each([
  ['2026-01-10T20:59:59Z', null],
  ['2026-01-10T21:00:00Z', '2026-01-11T06:00:00.000Z'],
  ['2026-01-11T05:59:30Z', '2026-01-11T06:00:00.000Z'],
  ['2026-01-11T06:00:00Z', null],
  // Clocks are put forward in that night, and back in that one.
  ['2026-03-28T22:00:00Z', '2026-03-29T05:00:00.000Z'],
  ['2026-10-24T22:00:00Z', '2026-10-25T06:00:00.000Z'],
])('when it is %s then a quiet night in Rome ends %s', (now, end) => {
  expect(until(night, now)).toBe(end)
})

test('when the end falls into the hour that clocks leave out then it ends with that hour', () => {
  const quiet = { from: 60, to: 150, timezone: 'Europe/Rome' }
  expect(until(quiet, '2026-03-29T00:30:00Z')).toBe('2026-03-29T01:00:00.000Z')
})

test('when quiet hours lie within one day then it is loud around them', () => {
  const noon = { from: 12 * 60, to: 13 * 60 + 30, timezone: 'Asia/Kolkata' }
  expect(until(noon, '2026-05-01T06:29:00Z')).toBeNull()
  expect(until(noon, '2026-05-01T06:30:00Z')).toBe('2026-05-01T08:00:00.000Z')
})

const zones = ['Europe/Rome', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns']

test('whenever it is asked in two years and five zones then the end is the first loud minute', () => {
  const minute = fc.integer({ min: 0, max: 1439 })
  const moments = fc.integer({ min: Date.parse('2025-01-01') / minuteMs, max: Date.parse('2027-01-01') / minuteMs })
  fc.assert(
    fc.property(
      minute,
      minute,
      fc.constantFrom(...zones),
      moments,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (from, to, timezone, at, share) => {
        fc.pre(from !== to)
        const quiet = { from, to, timezone }
        const now = at * minuteMs
        const end = quietUntil(quiet, now)
        if (end === null) return
        expect(end).toBeGreaterThan(now)
        expect(end - now).toBeLessThanOrEqual(25.5 * 60 * minuteMs)
        expect(quietUntil(quiet, end)).toBeNull()
        // Some minute in between is quiet, and knows the same end.
        const between = now + Math.floor(((end - now) / minuteMs) * share * 0.999) * minuteMs
        expect(quietUntil(quiet, between)).toBe(end)
      },
    ),
    { numRuns: 300 },
  )
})
