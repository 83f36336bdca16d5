import type { Clock } from '../ports/clock.ts'

/** A sleep that can be cut short. A ring while nobody sleeps ends the next sleep at once. */
export interface Bell {
  ring(): void
  wait(ms: number): Promise<void>
}

export function createBell(clock: Clock): Bell {
  let rung = false
  let sleeping: AbortController | null = null
  return {
    ring() {
      rung = true
      sleeping?.abort()
    },
    async wait(ms) {
      if (!rung) {
        sleeping = new AbortController()
        const { signal } = sleeping
        await clock.sleep(ms, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
        sleeping = null
      }
      rung = false
    },
  }
}
