import { backoff, type Failures, type Moment, notAhead } from './moment.ts'
import { nextTimes } from './next.ts'

/** When the source of a component is asked. Milliseconds. */
export interface CheckSchedule {
  readonly every: Every
  /** Nothing is asked sooner after the agent's start. */
  readonly afterStartMs: number
  readonly jitterMs: number
}

/** A cron line is in this host's own time. */
export type Every =
  | { readonly kind: 'off' }
  | { readonly kind: 'interval'; readonly ms: number }
  | { readonly kind: 'cron'; readonly line: string }

export interface CheckState {
  /** On the clock that never jumps. */
  readonly startedAt: number
  /** From 0 to 1: how much of the jitter is this component's. */
  readonly share: number
  /** When the source answered last, whoever asked; null: never, as far as is known. */
  readonly answered: Moment | null
  readonly failed: Failures | null
}

const minuteMs = 60_000
const retryMsFirst = 5 * minuteMs
const retryMsMax = 240 * minuteMs

/** What the state is after the wall clock was looked at. */
export function steadied(state: CheckState, at: Moment): CheckState {
  return state.answered === null ? state : { ...state, answered: notAhead(state.answered, at) }
}

/**
 * How long to wait for the next check; 0: it is due, null: there is none. Time that was missed, by sleep or a stop, is made
 * up for by one check. An interval counts from the last answer, on the clock that cannot be set. Times of a cron line
 * are the wall's, and never closer than a quarter of what lies between two of them, however often the wall clock is set.
 */
export function untilCheck(
  { every, afterStartMs, jitterMs }: CheckSchedule,
  state: CheckState,
  at: Moment,
): number | null {
  if (every.kind === 'off') return null
  const { answered, failed } = state
  const { wait, period } =
    every.kind === 'interval' ? byInterval(every.ms, state, at) : byCron(every.line, jitterMs, state, at)
  const start = state.startedAt + afterStartMs + state.share * Math.min(jitterMs, period / 4) - at.uptime
  const retry =
    failed === null ? 0 : failed.uptime + Math.min(period, backoff(failed.count, retryMsFirst, retryMsMax)) - at.uptime
  return Math.max(0, start, retry, answered === null ? 0 : wait)
}

interface Due {
  readonly wait: number
  /** What lies between two of them. */
  readonly period: number
}

function byInterval(ms: number, { answered }: CheckState, { uptime }: Moment): Due {
  return { wait: answered === null ? 0 : answered.uptime + ms - uptime, period: ms }
}

function byCron(line: string, jitterMs: number, { answered, share }: CheckState, at: Moment): Due {
  const [next = Infinity, after = Infinity] = nextTimes(line, answered?.now ?? at.now, 2)
  const period = after - next
  const due = next + share * Math.min(jitterMs, period / 4)
  const closest = answered === null ? 0 : answered.uptime + period / 4 - at.uptime
  return { wait: Math.max(due - at.now, closest), period }
}
