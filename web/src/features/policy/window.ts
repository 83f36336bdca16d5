import type { PolicyView } from '../../api/types.ts'
import { parseSpan, spanSeconds } from './durations.ts'

type Window = PolicyView['window']

/**
 * A maintenance window as a person sets it. `daily`: from and until as `02:00`, over midnight when until comes first;
 * `days`: 0 is Sunday, none of them is every day. `cron`: anything else that the config can say.
 */
export type WindowForm =
  | { readonly kind: 'any' }
  | {
      readonly kind: 'daily'
      readonly from: string
      readonly until: string
      readonly days: readonly number[]
      readonly timezone: string
    }
  | { readonly kind: 'cron'; readonly cron: string; readonly duration: string; readonly timezone: string }

const dayMinutes = 24 * 60
/** No window, though the config has one. */
export const noWindow = 'off'

export function windowForm(window: Window): WindowForm {
  if (window === null) return { kind: 'any' }
  const timezone = window.timezone ?? ''
  const span = parseSpan(window.duration)
  const minutes = span === null ? null : spanSeconds(span) / 60
  const [, minute, hour, days] = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-6](?:,[0-6])*)$/.exec(window.cron) ?? []
  if (minutes === null || minute === undefined || hour === undefined || days === undefined) {
    return { kind: 'cron', cron: window.cron, duration: window.duration, timezone }
  }
  const start = Number(hour) * 60 + Number(minute)
  if (start >= dayMinutes || minutes >= dayMinutes || !Number.isInteger(minutes)) {
    return { kind: 'cron', cron: window.cron, duration: window.duration, timezone }
  }
  const on = days === '*' ? [] : days.split(',').map(Number)
  return { kind: 'daily', from: clock(start), until: clock((start + minutes) % dayMinutes), days: on, timezone }
}

/** `missing`: not filled in. Any time is null where the config itself has no window. */
export function windowOf(form: WindowForm, inFile: Window): Window | typeof noWindow | 'missing' {
  switch (form.kind) {
    case 'any':
      return inFile === null ? null : noWindow
    case 'cron': {
      const { cron, duration } = form
      if (cron.trim() === '' || duration.trim() === '') return 'missing'
      return { cron: cron.trim(), duration: duration.trim(), timezone: zone(form.timezone) }
    }
    case 'daily': {
      const [from, until] = [minutesOf(form.from), minutesOf(form.until)]
      if (from === null || until === null || from === until) return 'missing'
      const days =
        form.days.length === 0 || form.days.length === 7 ? '*' : form.days.toSorted((a, b) => a - b).join(',')
      const cron = `${from % 60} ${Math.floor(from / 60)} * * ${days}`
      return { cron, duration: lengthOf((until - from + dayMinutes) % dayMinutes), timezone: zone(form.timezone) }
    }
  }
}

function zone(timezone: string): string | null {
  return timezone.trim() === '' ? null : timezone.trim()
}

function lengthOf(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

function minutesOf(text: string): number | null {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  return hour === undefined || minute === undefined ? null : Number(hour) * 60 + Number(minute)
}
