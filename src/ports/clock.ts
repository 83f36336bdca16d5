/** Time and chance, so that everything above can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  now(): number
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Tells one boot of the host from another. */
  bootId(): string
  /** `bytes` random bytes in lower-case hex. */
  randomHex(bytes: number): string
}

/** For those who run for weeks: the wall clock may be set, and timers stand still while the host sleeps. */
export interface SteadyClock extends Clock {
  /** Milliseconds since the host was started, its sleep counted; only ever goes forward. */
  uptime(): number
}
