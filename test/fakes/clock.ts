import { setImmediate } from 'node:timers/promises'
import type { SteadyClock } from '../../src/ports/clock.ts'

/** A clock that a test moves: weeks pass as fast as what wakes in them can work. */
export interface FakeClock extends SteadyClock {
  /** Time passes, and whoever sleeps wakes at the right moments, one after the other. */
  pass(ms: number): Promise<void>
  /** Somebody sets the wall clock; timers and the uptime do not notice. */
  set(now: number): void
  /** The host sleeps: wall clock and uptime go on, timers stand still. */
  suspend(ms: number): void
}

interface Sleeper {
  readonly until: number
  wake(): void
}

export function fakeClock(start: number): FakeClock {
  let [wall, up, timers] = [start, 1_000_000, 0]
  const sleepers = new Set<Sleeper>()
  const go = (ms: number) => {
    wall += ms
    up += ms
    timers += ms
  }
  return {
    now: () => wall,
    uptime: () => up,
    bootId: () => 'boot',
    randomHex: (bytes) => '0'.repeat(bytes * 2),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const done = (end: () => void) => () => {
          sleepers.delete(sleeper)
          signal.removeEventListener('abort', abort)
          end()
        }
        const sleeper: Sleeper = { until: timers + ms, wake: done(resolve) }
        const abort = done(() => reject(signal.reason))
        if (signal.aborted) return reject(signal.reason)
        signal.addEventListener('abort', abort)
        sleepers.add(sleeper)
      }),
    async pass(ms) {
      const end = timers + ms
      await setImmediate()
      for (;;) {
        const next = Math.min(...[...sleepers].map(({ until }) => until))
        if (next > end) break
        go(Math.max(0, next - timers))
        for (const sleeper of sleepers) if (sleeper.until <= timers) sleeper.wake()
        await setImmediate()
      }
      go(end - timers)
    },
    set(now) {
      wall = now
    },
    suspend(ms) {
      wall += ms
      up += ms
    },
  }
}
