import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CheckSchedule, type CheckState, steadied, untilCheck } from './check.ts'
import { type Moment, pastMoment } from './moment.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const daily: CheckSchedule = { every: { kind: 'interval', ms: day }, afterStartMs: 5 * minute, jitterMs: 10 * minute }
const atThree: CheckSchedule = { ...daily, every: { kind: 'cron', line: '0 3 * * *' } }
const at = (text: string, uptime = 100 * day): Moment => ({ now: new Date(text).getTime(), uptime })
const fresh: CheckState = { startedAt: 100 * day, share: 0.5, answered: null, failed: null }

describe('when it was never asked', () => {
  test.each([
    [daily, 10 * minute],
    [atThree, 10 * minute],
    [{ ...daily, afterStartMs: 0, jitterMs: 0 }, 0],
    [{ ...daily, every: { kind: 'off' } } as const, null],
  ])('then it is asked after the start and its share of the jitter (%j)', (schedule, wait) => {
    expect(untilCheck(schedule, fresh, at('2026-03-01T12:00:00'))).toBe(wait)
  })
})

describe('when an answer is known from before the start', () => {
  const now = at('2026-03-01T12:00:00')
  const answered = (text: string) => ({ ...fresh, answered: pastMoment(new Date(text).toISOString(), now) })

  test.each([
    [daily, '2026-03-01T11:00:00', 23 * hour],
    [daily, '2026-02-01T11:00:00', 10 * minute],
    [atThree, '2026-03-01T03:01:00', 15 * hour + 5 * minute],
    [atThree, '2026-02-20T03:01:00', 10 * minute],
  ])('then the next counts from it, and what was missed is one check (%#)', (schedule, text, wait) => {
    expect(untilCheck(schedule, answered(text), now)).toBe(wait)
  })

  test('then one that lies ahead is not believed', () => {
    expect(untilCheck(daily, answered('2030-01-01T00:00:00'), now)).toBe(10 * minute)
  })
})

test('when checks fail then they are tried again later and later, and never more often than they are wanted', () => {
  const now = at('2026-03-01T12:00:00')
  const waits = [1, 2, 3, 4, 20].map((count) =>
    untilCheck(daily, { ...fresh, startedAt: 0, failed: { count, uptime: now.uptime } }, now),
  )
  expect(waits).toEqual([5, 10, 20, 40, 240].map((minutes) => minutes * minute))
  const often: CheckSchedule = { ...daily, every: { kind: 'interval', ms: minute } }
  expect(untilCheck(often, { ...fresh, startedAt: 0, failed: { count: 9, uptime: now.uptime } }, now)).toBe(minute)
})

/** What may happen between two looks at the clock, in minutes. */
const happening = fc.oneof(
  { weight: 20, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ sleep: fc.integer({ min: 1, max: 5000 }) }) },
  { weight: 1, arbitrary: fc.record({ jump: fc.integer({ min: -600_000, max: 600_000 }) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.constant(true) }) },
)
type Happening = Partial<Record<'pass' | 'sleep' | 'jump', number>> & { readonly restart?: boolean }

/** Uptimes of the checks, and how long it was awake without a look being due. */
function live(schedule: CheckSchedule, happenings: readonly Happening[]) {
  let now = at('2026-03-01T12:00:00')
  let state: CheckState = { ...fresh, startedAt: now.uptime }
  let [noted, awake] = ['', 0]
  const checks: number[] = []
  const idle: number[] = []
  for (const { pass = 0, sleep = 0, jump = 0, restart } of happenings) {
    const gone = (pass + sleep) * minute
    now = { now: now.now + gone + jump * minute, uptime: now.uptime + gone }
    if (restart === true) state = { ...fresh, startedAt: now.uptime, answered: pastMoment(noted, now) }
    awake = restart === true ? 0 : awake + pass * minute
    state = steadied(state, now)
    if (untilCheck(schedule, state, now) !== 0) continue
    checks.push(now.uptime)
    idle.push(awake)
    awake = 0
    noted = new Date(now.now).toISOString()
    state = { ...state, answered: now }
  }
  return { checks, idle: [...idle, awake] }
}

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0))

describe('properties, with any sleep, jump of the wall clock and restart', () => {
  const noRestart = fc.array(
    happening.filter((one) => !('restart' in one)),
    { maxLength: 400 },
  )

  test('an interval: never two checks closer than it, never longer awake without one', () => {
    fc.assert(
      fc.property(noRestart, (happenings) => {
        const { checks, idle } = live(daily, happenings)
        for (const gap of gaps(checks)) expect(gap).toBeGreaterThanOrEqual(day)
        for (const ms of idle) expect(ms).toBeLessThan(day + hour)
      }),
    )
  })

  test('a cron line: never closer than a quarter of its period, never longer awake than a day without one', () => {
    fc.assert(
      fc.property(noRestart, (happenings) => {
        const { checks, idle } = live(atThree, happenings)
        for (const gap of gaps(checks)) expect(gap).toBeGreaterThanOrEqual(5.7 * hour)
        // Set back just before three, the clock has it again only a day later: twice at most.
        const jumps = happenings.filter((one) => 'jump' in one).length
        for (const ms of idle) expect(ms).toBeLessThan((1 + jumps) * (25.5 * hour))
      }),
    )
  })

  test('with restarts: never two closer than what is waited for after a start', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 400 }), (happenings) => {
        const restarts = happenings.filter((one) => 'restart' in one).length
        const { checks } = live(daily, happenings)
        const close = gaps(checks).filter((gap) => gap < day)
        expect(close.length).toBeLessThanOrEqual(restarts)
        for (const gap of close) expect(gap).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

test('when the wall clock is set back by a year then the next three in the morning is not a year away', () => {
  const hours = (count: number) => Array.from({ length: count }, () => ({ pass: 60 }))
  const { checks } = live(atThree, [...hours(24), { jump: -525_600 }, ...hours(72)])
  expect(checks).toHaveLength(5)
})

const zones = ['Europe/Rome', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata']

describe('two years with their days of 23, 24 and 25 hours', () => {
  const zoneBefore = process.env['TZ']
  test.each(zones)('when the host is in %s then there is one check on each day, at that time', (zone) => {
    process.env['TZ'] = zone
    try {
      for (const line of ['0 3 * * *', '30 2 * * *', '0 0 * * *', '30 1 * * *']) {
        const schedule: CheckSchedule = { every: { kind: 'cron', line }, afterStartMs: 0, jitterMs: 0 }
        let now = at('2026-01-01T12:00:00')
        let state: CheckState = { ...fresh, startedAt: now.uptime, answered: now }
        const days: string[] = []
        while (days.length < 730) {
          const wait = untilCheck(schedule, state, now) ?? 0
          now = { now: now.now + wait, uptime: now.uptime + wait }
          state = { ...fresh, answered: now }
          days.push(new Date(now.now).toDateString())
        }
        expect(new Set(days).size, line).toBe(730)
        expect(now.now - at('2026-01-01T12:00:00').now, line).toBeLessThan(730.1 * day)
      }
    } finally {
      if (zoneBefore === undefined) delete process.env['TZ']
      else process.env['TZ'] = zoneBefore
    }
  })
})
