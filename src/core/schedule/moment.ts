/**
 * One moment on two clocks, in milliseconds. `now` is the wall's, since the epoch: it may be set forward or back.
 * `uptime` only ever goes forward, also while the host sleeps, and starts anew with it.
 */
export interface Moment {
  readonly now: number
  readonly uptime: number
}

/** A moment of the past that was written down in wall time; null: it is none, or lies ahead, so that one of the two is wrong. */
export function pastMoment(text: string | null, at: Moment): Moment | null {
  const then = Date.parse(text ?? '')
  return then <= at.now ? { now: then, uptime: at.uptime - (at.now - then) } : null
}

/** After the wall clock was set back a moment would lie ahead of it, and what waits for the next day would wait for years. */
export function notAhead(moment: Moment, at: Moment): Moment {
  return moment.now > at.now ? { ...moment, now: at.now } : moment
}

/** What went wrong, how often in a row, and when last. */
export interface Failures {
  readonly count: number
  readonly uptime: number
}

/** `first` after the first failure, then twice as long each time, at most `max`. */
export function backoff(count: number, first: number, max: number): number {
  return Math.min(max, first * 2 ** Math.min(count - 1, 30))
}
