import type { TrafficSettings } from './settings.ts'
import type { Slot } from './slots.ts'

/** What people at the front door saw of a run: requests, those without an answer, and the slowest one. */
export interface Measured {
  readonly asked: number
  readonly failed: number
  readonly worstMs: number
}

/** What a plan promises those who use the component meanwhile. */
export interface PlanPromise {
  /** How many get no answer. `held`: none, but they wait. `all`: everybody, for as long as `outageMs`. */
  readonly requests: 'none' | { readonly oneIn: number } | 'held' | 'all' | 'unknown'
  /** Connections that last, such as WebSockets. */
  readonly streams: PromisedStreams
  /** How long nobody is answered; null: not known yet. */
  readonly outageMs: number | null
  readonly basis: 'by-design' | 'measured' | 'unknown'
}

/**
 * `untouched`: nothing is stopped. `closed`: by the stop. `keptMs`: they stay with the old version for at most so long, and are
 * closed then. `told`: it is asked to end before, and may close them by itself.
 */
export type PromisedStreams = 'untouched' | 'closed' | { readonly keptMs: number; readonly told: boolean }

export interface PromisedFrom {
  /** What is in front of two slots; null: one version after the other. */
  readonly front: PromisedFront | null
  /** The service is stopped before the new version is started. */
  readonly stops: boolean
  /** Of the last run that had an outage. */
  readonly lastDowntimeMs: number | null
  readonly lastMeasured: Measured | null
}

export interface PromisedFront {
  readonly way: 'routes' | 'shares' | 'none'
  readonly holds: boolean
  readonly lost: 'none' | { readonly oneIn: number } | 'unknown'
  readonly settings: Pick<TrafficSettings, 'twice' | 'drain' | 'warmMs'>
  /** The slot that serves now; null: nobody is served. */
  readonly from: Slot | null
  /** Whether the old instance can be told to end without being stopped. */
  readonly terminates: boolean
}

const nothing: PlanPromise = { requests: 'none', streams: 'untouched', outageMs: 0, basis: 'by-design' }

export function promiseOf(of: PromisedFrom): PlanPromise {
  const { front, stops } = of
  if (front === null || front.way === 'none') return stops ? oneAfterTheOther(of, 'all') : nothing
  if (front.from === null) return nothing
  return front.settings.twice ? besideEachOther(front, of) : oneAfterTheOther(of, front.holds ? 'held' : 'all')
}

function oneAfterTheOther({ lastDowntimeMs }: PromisedFrom, requests: 'held' | 'all'): PlanPromise {
  const basis = lastDowntimeMs === null ? 'unknown' : 'measured'
  return { requests, streams: 'closed', outageMs: lastDowntimeMs, basis }
}

function besideEachOther(front: PromisedFront, { lastMeasured }: PromisedFrom): PlanPromise {
  const { way, settings, terminates } = front
  const told = way === 'shares' && terminates
  const keptMs = settings.drain.streamsMs + (way === 'routes' ? settings.warmMs : 0)
  return { ...lostOf(front, lastMeasured), streams: { keptMs, told }, outageMs: 0 }
}

/** What was seen here counts more than what was measured elsewhere, where it was worse or nothing else is known. */
function lostOf({ lost }: PromisedFront, seen: Measured | null): Pick<PlanPromise, 'requests' | 'basis'> {
  const here = seen === null || seen.asked === 0 ? null : seen.failed
  if (seen !== null && here !== null && here > 0) {
    const oneIn = Math.max(1, Math.floor(seen.asked / here))
    const better = typeof lost === 'object' && lost.oneIn <= oneIn
    return better ? { requests: lost, basis: 'by-design' } : { requests: { oneIn }, basis: 'measured' }
  }
  if (lost !== 'unknown') return { requests: lost, basis: 'by-design' }
  return here === 0 ? { requests: 'none', basis: 'measured' } : { requests: 'unknown', basis: 'unknown' }
}
