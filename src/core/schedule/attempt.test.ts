import { describe, expect, test } from 'vitest'
import type { Window } from '../policy/window.ts'
import { type AttemptState, nextAttempt } from './attempt.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const nightly: Window = { cron: '0 2 * * *', durationMs: 2 * hour, timezone: 'Europe/Rome' }
const idle: AttemptState = { startedAt: 0, wanted: false, looked: null, failed: null }
const moment = (text: string, uptime = 10 * day) => ({ now: Date.parse(text), uptime })
const noon = moment('2026-03-01T11:00:00Z')
const inWindow = moment('2026-03-01T01:30:00Z')
const opening = Date.parse('2026-03-01T01:00:00Z')

describe('without a window', () => {
  const policy = { auto: 'all', window: null } as const

  test('when nothing is known then there is nothing to wait for; when an update is, it is tried', () => {
    expect(nextAttempt(policy, idle, 0, noon).wait).toBeNull()
    expect(nextAttempt(policy, { ...idle, wanted: true }, 0, noon).wait).toBe(0)
    expect(nextAttempt({ ...policy, auto: 'none' }, { ...idle, wanted: true }, 0, noon).wait).toBeNull()
  })

  test('when the agent has just been started then it is not tried at once', () => {
    expect(nextAttempt(policy, { ...idle, wanted: true, startedAt: noon.uptime }, 5 * minute, noon).wait).toBe(
      5 * minute,
    )
  })

  test('when it failed then it is tried later and later', () => {
    const waits = [1, 2, 3, 9].map(
      (count) => nextAttempt(policy, { ...idle, wanted: true, failed: { count, uptime: noon.uptime } }, 0, noon).wait,
    )
    expect(waits).toEqual([10 * minute, 20 * minute, 40 * minute, 2 * hour])
  })
})

describe('with a window', () => {
  const policy = { auto: 'patch', window: nightly } as const

  test('when it is closed then the next opening is waited for, however much is wanted', () => {
    expect(nextAttempt(policy, { ...idle, wanted: true }, 0, noon)).toEqual({ wait: 14 * hour, opening: null })
  })

  test('when it is open then there is one look, and another only when something is wanted', () => {
    expect(nextAttempt(policy, idle, 0, inWindow)).toEqual({ wait: 0, opening })
    const looked = { ...idle, looked: { opening, uptime: inWindow.uptime } }
    expect(nextAttempt(policy, looked, 0, inWindow)).toEqual({ wait: 23.5 * hour, opening })
    expect(nextAttempt(policy, { ...looked, wanted: true }, 0, inWindow)).toEqual({ wait: 0, opening })
  })

  test('when the wall clock is set to and fro over openings then there is no look each time', () => {
    const other = { ...idle, looked: { opening: opening - day, uptime: inWindow.uptime - minute } }
    expect(nextAttempt(policy, other, 0, inWindow).wait).toBe(4 * minute)
  })

  test.each(['Europe/Rome', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata'])(
    'when two years pass in %s then there is one look on each day, while it is open',
    (timezone) => {
      for (const cron of ['0 2 * * *', '30 1 * * *', '0 0 * * *']) {
        const window = { cron, durationMs: hour, timezone }
        let now = moment('2026-01-01T12:00:00Z')
        let state = idle
        const days: string[] = []
        const local = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' })
        while (days.length < 730) {
          const { wait, opening: opened } = nextAttempt({ auto: 'all', window }, state, 0, now)
          if (wait === 0 && opened !== null) {
            days.push(local.format(now.now))
            expect(now.now - opened).toBeLessThan(hour)
            state = { ...idle, looked: { opening: opened, uptime: now.uptime } }
          }
          const step = Math.max(wait ?? day, 1)
          now = { now: now.now + step, uptime: now.uptime + step }
        }
        expect(new Set(days).size, cron).toBe(730)
        expect(now.now - Date.parse('2026-01-01T12:00:00Z'), cron).toBeLessThan(732 * day)
      }
    },
  )
})
