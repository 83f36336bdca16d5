import type { ZodType } from 'zod'
import type { Slot, Shares } from '../core/traffic/slots.ts'
import type { TrafficRef } from '../core/plan/step.ts'

/**
 * What stands between people and two instances, opened from what a step carries. Slots are known by their names alone.
 * Errors: E_TRAFFIC_UNREACHABLE (it cannot be asked), E_TRAFFIC_CONFIG (its config does not know what this one names),
 * E_TRAFFIC_REFUSED (it did not take the change), E_PERMISSION.
 */
export interface Traffic {
  /**
   * Who gets new connections at this moment, asked of what runs and not of memory. `persisted`: who would after a reload or a restart
   * that nobody of us begins. The two differ between the halves of a `route`, or where somebody else changed one of them.
   */
  served(signal: AbortSignal): Promise<Served>
  /**
   * First on disk, then in what runs; resolves when it was taken, which is not yet when everybody is served by it: `verify` tells.
   * Idempotent, and heals what was done by half. Never cuts a connection that is open. `{0, 0}` is not asked for.
   */
  route(shares: Shares, signal: AbortSignal): Promise<void>
  /**
   * Requests and streams that go through it to that slot now; idle connections that it keeps for later do not count.
   * null: it cannot tell, and those of the slot's own port are counted instead.
   */
  open(slot: Slot, signal: AbortSignal): Promise<number | null>
  /** New connections are accepted and wait. Absent: not possible here. Idempotent, and over after `limitMs` whatever happens. */
  hold?(limitMs: number, signal: AbortSignal): Promise<void>
  release?(signal: AbortSignal): Promise<void>
}

export interface Served {
  readonly shares: Shares
  readonly persisted: Shares
}

/** What a plan may promise, and what it may ask for. */
export interface TrafficAbilities {
  /**
   * `routes`: one slot gets what is new, the other one only finishes. `shares`: both get some as long as both run, and the old one
   * leaves by ending: it must finish what it has when it is told to. `none`: one after the other, with an outage.
   */
  readonly way: 'routes' | 'shares' | 'none'
  /** Shares other than 0 and 100. */
  readonly weights: boolean
  readonly holds: boolean
  /** `none`, or at most one in so many requests, by our own measurements (docs/benchmarks.md). */
  readonly lost: 'none' | { readonly oneIn: number } | 'unknown'
}

export interface TrafficKind<C> {
  readonly kind: string
  readonly config: ZodType<C>
  /** `haproxy app`. */
  describe(config: C): string
  abilities(config: C): TrafficAbilities
  /** What it holds of the host, for locks: an absolute path such as that of its config; null: nothing shared. */
  resource(config: C): `path:${string}` | null
  open(config: C, ref: TrafficRef): Traffic
  /** What is wrong with it as it stands, in sentences with what to do, asked before a plan. Reads only. */
  complaints?(config: C, ref: TrafficRef, signal: AbortSignal): Promise<readonly string[]>
}

/** Opened from what a plan carries. */
export interface OpenTraffic extends Traffic {
  readonly kind: string
  readonly describe: string
  readonly abilities: TrafficAbilities
  readonly resource: `path:${string}` | null
  /** Empty where it finds nothing wrong. */
  complaints(signal: AbortSignal): Promise<readonly string[]>
}
