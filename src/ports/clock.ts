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
