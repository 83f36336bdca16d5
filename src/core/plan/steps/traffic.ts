import type { Spec } from '../../model/names.ts'
import type { Slot } from '../../traffic/slots.ts'
import type { ServiceRef, StepBase } from './base.ts'

/** Two slots behind one front door. */

/** Where a slot answers by itself, behind the proxy. `port` is that of the host. */
export interface SlotAddress {
  readonly host: string
  readonly port: number
}

/** What sends people to one slot or the other. `slots` null: they share one listening socket, so neither has a door of its own. */
export interface TrafficRef {
  readonly component: string
  readonly spec: Spec
  readonly slots: Readonly<Record<Slot, SlotAddress>> | null
  readonly services: Readonly<Record<Slot, ServiceRef>>
}

/** Starts the service of a slot beside the one that serves. Its undo stops it again, unless it was still warm. */
export interface SlotStartStep extends StepBase {
  readonly kind: 'slot-start'
  readonly traffic: TrafficRef
  readonly slot: Slot
  /** It ran already: an earlier version that was not retired yet. */
  readonly wasRunning: boolean
  /** Whether the slot that serves now is started at boot: then this one shall be, too. */
  readonly boots: boolean
}

/** Requests to the new instance alone, before anybody is sent there: caches fill, code is compiled. */
export interface WarmUpStep extends StepBase {
  readonly kind: 'warm-up'
  readonly urls: readonly string[]
  readonly timeoutMs: number
}

/** Sends `percent` of what is new to `to`, and the rest to the other slot. */
export interface SwitchStep extends StepBase {
  readonly kind: 'switch'
  readonly traffic: TrafficRef
  readonly to: Slot
  readonly percent: number
  /** What its undo brings back: the slot that served before, all of it; null: nobody was served. */
  readonly from: Slot | null
  readonly front: string | null
}

/** How an answer tells the version of whoever gave it. */
export interface Identity {
  readonly header?: string
  /** A JSON pointer. */
  readonly json?: string
  /** A regular expression whose first group is the version. */
  readonly pattern?: string
}

/** Asks at the front door, like anybody else, until the version has answered `times` times in a row. */
export interface VerifyStep extends StepBase {
  readonly kind: 'verify'
  readonly front: string
  readonly identity: Identity | null
  readonly expectedVersion: string | null
  readonly times: number
  /** false: the other slot may answer between, since both are served. */
  readonly inARow: boolean
  readonly timeoutMs: number
}

/**
 * The old instance is let go of: what it still serves is waited for, then it is stopped. What outlives `requestsMs` is a stream
 * and is left to whoever retires: its deadline is on disk before anything else happens.
 */
export interface RetireStep extends StepBase {
  readonly kind: 'retire'
  readonly traffic: TrafficRef
  readonly slot: Slot
  /** Whether its successor is started at boot instead of it. */
  readonly boots: boolean
  /** The slot that serves instead of it. */
  readonly successor: Slot
  readonly requestsMs: number
  readonly streamsMs: number
  /** How long it stays ready to be switched back to, even with nobody left. */
  readonly warmMs: number
  /** true: it goes before a run needs its slot, and is waited for to its end. */
  readonly vacates: boolean
  readonly front: string | null
}

/** Connections are accepted and wait, or are let through again, for applications that may not run twice. */
export interface HoldStep extends StepBase {
  readonly kind: 'hold' | 'release'
  readonly traffic: TrafficRef
  /** After this it is over by itself, whatever becomes of us. */
  readonly limitMs: number
}
