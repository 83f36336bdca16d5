import { createHash } from 'node:crypto'
import { fail } from '../../core/model/problem.ts'
import type { SteadyClock } from '../../ports/clock.ts'

/** So many failures are free; then each doubles the wait. */
const freeFailures = 5
const firstWaitMs = 1000
const forgetMs = 60 * 60_000
const buckets = 8192

/**
 * Slows down who guesses. Keys fall into a fixed number of buckets, in an order that nobody outside knows: a flood of
 * addresses or names takes no memory and pushes nothing out. Two that share one share the wait, which is short.
 */
export interface Throttle {
  /** E_TOO_MANY_ATTEMPTS with `retry_after_seconds`. */
  check(key: string): void
  failed(key: string): void
  /** The last one was none. Those before it stay: whoever has one password could else guess at another. */
  forgive(key: string): void
  forget(key: string): void
}

/** `waitMsMax`: the longest wait. */
export function createThrottle(clock: Pick<SteadyClock, 'uptime' | 'randomHex'>, waitMsMax: number): Throttle {
  const salt = clock.randomHex(16)
  const failures = new Uint16Array(buckets)
  const lastAt = new Float64Array(buckets)
  const bucketOf = (key: string) => createHash('sha256').update(salt).update(key).digest().readUInt32BE(0) % buckets
  const countOf = (bucket: number) => {
    if (clock.uptime() - (lastAt[bucket] ?? 0) > forgetMs) failures[bucket] = 0
    return failures[bucket] ?? 0
  }
  return {
    check(key) {
      const bucket = bucketOf(key)
      const count = countOf(bucket)
      if (count < freeFailures) return
      const waitMs = Math.min(waitMsMax, firstWaitMs * 2 ** Math.min(30, count - freeFailures))
      const leftMs = (lastAt[bucket] ?? 0) + waitMs - clock.uptime()
      if (leftMs <= 0) return
      throw fail('E_TOO_MANY_ATTEMPTS', 'Too many failed attempts.', {
        hint: 'Wait a little, then try again.',
        retryable: true,
        facts: { retry_after_seconds: Math.ceil(leftMs / 1000) },
      })
    },
    failed(key) {
      const bucket = bucketOf(key)
      failures[bucket] = Math.min(0xffff, countOf(bucket) + 1)
      lastAt[bucket] = clock.uptime()
    },
    forgive(key) {
      const bucket = bucketOf(key)
      failures[bucket] = Math.max(0, countOf(bucket) - 1)
    },
    forget(key) {
      failures[bucketOf(key)] = 0
    },
  }
}
