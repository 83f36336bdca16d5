import type { ComponentName } from '../core/model/names.ts'
import type { AttemptState } from '../core/schedule/attempt.ts'
import type { CheckState } from '../core/schedule/check.ts'
import { type Moment, pastMoment } from '../core/schedule/moment.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { CheckReport } from '../ports/engine.ts'
import type { AgentPorts, Loaded } from './ports.ts'

/** What the agent remembers of one component. All of it may be lost: a restart asks the notes of the last checks. */
export interface Tracked {
  check: CheckState
  attempt: AttemptState
  /** `last_checked` as it was read last: another one tells that somebody else has asked meanwhile. */
  seen: string | null
  /** The last thing that was said of it, so that it is not said again every time. */
  said: string
}

export interface Track {
  of(name: ComponentName, loaded: Loaded): Tracked
  /** Forgets those that a new config does not have. */
  keep(names: readonly ComponentName[]): void
}

/** Whether an update by policy may have something to do. */
export function isOffer({ error, held, update_available: available }: CheckReport): boolean {
  return error === null && available && held === null
}

export function momentOf(clock: SteadyClock): Moment {
  return { now: clock.now(), uptime: clock.uptime() }
}

export function createTrack({ clock, share }: Pick<AgentPorts, 'clock' | 'share'>): Track {
  const startedAt = clock.uptime()
  const all = new Map<ComponentName, Tracked>()
  return {
    of(name, { lastChecks }) {
      const known = all.get(name)
      if (known !== undefined) return known
      const last = lastChecks.get(name)
      const seen = last?.last_checked ?? null
      const tracked: Tracked = {
        check: { startedAt, share: share(name), answered: pastMoment(seen, momentOf(clock)), failed: null },
        attempt: { startedAt, wanted: last !== null && isOffer(last), looked: null, failed: null },
        seen,
        said: '',
      }
      all.set(name, tracked)
      return tracked
    },
    keep(names) {
      for (const name of all.keys()) if (!names.includes(name)) all.delete(name)
    },
  }
}
