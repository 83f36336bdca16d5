import { describe, expect, test } from 'vitest'
import { isOpen, windowFault } from './window.ts'

const hour = 3_600_000
const nightly = { cron: '0 2 * * *', durationMs: 2 * hour, timezone: 'Europe/Rome' }
const at = (text: string) => Date.parse(text)

describe('a window from two to four in Rome', () => {
  test.each([
    ['2026-03-01T00:59:59.999Z', false, '2026-03-01T01:00:00.000Z'],
    ['2026-03-01T01:00:00.000Z', true, '2026-03-02T01:00:00.000Z'],
    ['2026-03-01T02:59:59.999Z', true, '2026-03-02T01:00:00.000Z'],
    ['2026-03-01T03:00:00.000Z', false, '2026-03-02T01:00:00.000Z'],
    // in summer Rome is two hours ahead
    ['2026-07-01T00:30:00.000Z', true, '2026-07-02T00:00:00.000Z'],
    // on 29 March there is no 02:00 in Rome: the window opens at 03:00, which is 01:00 UTC
    ['2026-03-28T22:00:00.000Z', false, '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T01:30:00.000Z', true, '2026-03-30T00:00:00.000Z'],
  ])('when it is %s, then open is %s and it opens next at %s', (now, open, opens) => {
    const state = isOpen(nightly, at(now))
    expect(state.open).toBe(open)
    expect(new Date(state.opensAt ?? 0).toISOString()).toBe(opens)
  })
})

test('when windows overlap, then it is always open', () => {
  expect(isOpen({ cron: '0 * * * *', durationMs: 2 * hour, timezone: null }, at('2026-03-01T00:59:59Z')).open).toBe(
    true,
  )
})

test.each([
  [{ ...nightly }, null],
  [{ ...nightly, timezone: null }, null],
  [{ ...nightly, timezone: 'Europe/Rom' }, '"Europe/Rom" is not a time zone. Write one like Europe/Rome or UTC'],
  [
    { ...nightly, cron: 'at two' },
    '"at two" is not a cron line. Write minute, hour, day, month and weekday, for example "0 2 * * *" for two in the morning',
  ],
  [
    { ...nightly, cron: '0 2 31 2 *' },
    '"0 2 31 2 *" never comes. Write for example "0 2 * * *" for two in the morning',
  ],
])('when the window is %j, then its fault is %j', (window, message) => {
  expect(windowFault(window)?.message ?? null).toBe(message)
})
