import type { Auto } from '../policy/auto.ts'
import { isOpen, type Window } from '../policy/window.ts'
import { backoff, type Failures, type Moment } from './moment.ts'

export interface AttemptState {
  /** On the clock that never jumps. */
  readonly startedAt: number
  /** An update is known, or something else speaks for a look. */
  readonly wanted: boolean
  /** The opening of the window in which was looked last, and when; null: not since the agent started. */
  readonly looked: { readonly opening: number; readonly uptime: number } | null
  readonly failed: Failures | null
}

export interface AttemptPolicy {
  readonly auto: Auto
  readonly window: Window | null
}

const minuteMs = 60_000
const retryMsFirst = 10 * minuteMs
const retryMsMax = 120 * minuteMs
/** Between looks at two openings, so that a wall clock that is set to and fro opens no door each time. */
const looksApartMs = 5 * minuteMs

export interface Attempt {
  /** How long to wait for the next try; 0: it is due, null: there is nothing to wait for. */
  readonly wait: number | null
  /** The opening of the window that is open now, epoch milliseconds; null: there is no window, or it is closed. */
  readonly opening: number | null
}

/**
 * When an update by policy is tried. Without a window: when one is known. With one: once after each opening, so that what
 * the last check could not see is seen, and while it is open when one becomes known. After a failure later and later.
 */
export function nextAttempt(
  { auto, window }: AttemptPolicy,
  state: AttemptState,
  afterStartMs: number,
  at: Moment,
): Attempt {
  if (auto === 'none') return { wait: null, opening: null }
  const { failed, looked, startedAt } = state
  const retry = failed === null ? 0 : failed.uptime + backoff(failed.count, retryMsFirst, retryMsMax) - at.uptime
  const soonest = Math.max(0, startedAt + afterStartMs - at.uptime, retry)
  if (window === null) return { wait: state.wanted ? soonest : null, opening: null }
  const { openedAt, opensAt } = isOpen(window, at.now)
  const nextOpening = opensAt === null ? null : opensAt - at.now
  if (openedAt === null) return { wait: nextOpening, opening: null }
  const isNew = looked?.opening !== openedAt
  if (!state.wanted && !isNew) return { wait: nextOpening, opening: openedAt }
  const apart = isNew && looked !== null ? looked.uptime + looksApartMs - at.uptime : 0
  return { wait: Math.max(soonest, apart), opening: openedAt }
}
