import { expect, test } from 'vitest'
import type { PolicyView } from '../../api/types.ts'
import { windowForm, windowOf } from './window.ts'

type Window = NonNullable<PolicyView['window']>

const daily: readonly (readonly [Window, string, string, readonly number[]])[] = [
  [{ cron: '0 2 * * *', duration: '2h', timezone: 'Europe/Rome' }, '02:00', '04:00', []],
  [{ cron: '30 22 * * 0,6', duration: '90m', timezone: null }, '22:30', '00:00', [0, 6]],
  [{ cron: '0 23 * * *', duration: '3h', timezone: null }, '23:00', '02:00', []],
]

test.each(daily)(
  'when a window is %j then it is hours of a day, and becomes the same again',
  (window, from, until, days) => {
    const form = windowForm(window)
    expect(form).toStrictEqual({ kind: 'daily', from, until, days, timezone: window.timezone ?? '' })
    expect(windowOf(form, null)).toStrictEqual(window)
  },
)

test.each<Window>([
  { cron: '0 2 1 * *', duration: '2h', timezone: null },
  { cron: '*/5 * * * *', duration: '2m', timezone: null },
  { cron: '0 2 * * *', duration: '90s', timezone: null },
  { cron: '0 2 * * 1', duration: '2d', timezone: 'Asia/Tokyo' },
])('when a window is %j then it is shown as it is written, and becomes the same again', (window) => {
  const form = windowForm(window)
  expect(form).toStrictEqual({ kind: 'cron', ...window, timezone: window.timezone ?? '' })
  expect(windowOf(form, null)).toStrictEqual(window)
})

test('when any time is wanted then there is no window, also where the config has one', () => {
  expect(windowForm(null)).toStrictEqual({ kind: 'any' })
  expect(windowOf({ kind: 'any' }, null)).toBeNull()
  expect(windowOf({ kind: 'any' }, { cron: '0 2 * * *', duration: '2h', timezone: null })).toBe('off')
})

test('when hours are missing or the same then there is no window', () => {
  const form = { kind: 'daily', from: '02:00', until: '02:00', days: [], timezone: '' } as const
  expect(windowOf(form, null)).toBe('missing')
  expect(windowOf({ ...form, until: '' }, null)).toBe('missing')
  expect(windowOf({ kind: 'cron', cron: ' ', duration: '1h', timezone: '' }, null)).toBe('missing')
})
