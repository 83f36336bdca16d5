import { Cron } from 'croner'
import { isTimezone } from '../schedule/timezone.ts'

/** A time in which updates may start by themselves. `timezone`: an IANA name; null: the host's own. */
export interface Window {
  readonly cron: string
  readonly durationMs: number
  readonly timezone: string | null
}

/**
 * Milliseconds since the epoch. `openedAt`: when it was opened that is open now, null when it is closed. `opensAt`: the
 * next opening after now; null: it never opens again.
 */
export interface WindowState {
  readonly open: boolean
  readonly openedAt: number | null
  readonly opensAt: number | null
}

/** Open from each moment of the cron line, that moment included, until `durationMs` later, that one excluded. */
export function isOpen(window: Window, now: number): WindowState {
  const schedule = cronOf(window)
  const lastOpening = schedule.nextRun(new Date(now - window.durationMs))
  const open = lastOpening !== null && lastOpening.getTime() <= now
  return {
    open,
    openedAt: open ? lastOpening.getTime() : null,
    opensAt: schedule.nextRun(new Date(now))?.getTime() ?? null,
  }
}

/** Why a window cannot be used, null when it can. */
export function windowFault(window: Window): { readonly key: 'cron' | 'timezone'; readonly message: string } | null {
  if (window.timezone !== null && !isTimezone(window.timezone)) {
    return { key: 'timezone', message: `"${window.timezone}" is not a time zone. Write one like Europe/Rome or UTC` }
  }
  try {
    if (cronOf(window).nextRun(new Date(0)) !== null) return null
    return {
      key: 'cron',
      message: `"${window.cron}" never comes. Write for example "0 2 * * *" for two in the morning`,
    }
  } catch {
    const example = 'Write minute, hour, day, month and weekday, for example "0 2 * * *" for two in the morning'
    return { key: 'cron', message: `"${window.cron}" is not a cron line. ${example}` }
  }
}

function cronOf(window: Window): Cron {
  const timezone = window.timezone === null ? {} : { timezone: window.timezone }
  return new Cron(window.cron, { paused: true, ...timezone })
}
