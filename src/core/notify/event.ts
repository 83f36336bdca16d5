import type { HoldReason } from '../model/release.ts'
import type { RunAction } from '../plan/plan.ts'

/** What a channel may be told of, as `on` names it. */
export const eventKinds = [
  'update_available',
  'held',
  'updated',
  'failed',
  'rolled_back',
  'stuck',
  'check_failing',
] as const
export type EventKind = (typeof eventKinds)[number]

/** A problem without what only a log needs. `code`: of any version of belay, since it may have been written down long ago. */
export interface Trouble {
  readonly code: string
  readonly message: string
  readonly hint: string | null
}

/** `notes`, `url`: of the release, as its source says them; null: it says nothing. */
export interface OfferFacts {
  readonly component: string
  readonly from: string | null
  readonly to: string
  readonly notes: string | null
  readonly url: string | null
}

export interface RunEnd {
  readonly component: string
  readonly run: string
  readonly action: RunAction
  readonly from: string | null
  readonly to: string | null
  /** ISO 8601: when it ended. */
  readonly ended: string
  readonly problem: Trouble | null
}

/** One thing that people may want to hear of. `held`: a newer version waits. */
export type SingleEvent =
  | ({ readonly kind: 'update_available' } & OfferFacts)
  | ({ readonly kind: 'held'; readonly by: HoldReason } & OfferFacts)
  | ({ readonly kind: 'updated' | 'failed' | 'rolled_back' | 'stuck' } & RunEnd)
  | {
      readonly kind: 'check_failing'
      readonly component: string
      /** ISO 8601: the last answer of its source, or the first failure where it never answered. */
      readonly since: string
      readonly days: number
      readonly problem: Trouble
    }

/** `more`: how many there were besides those in `events`. */
export type NotifyEvent =
  | SingleEvent
  | { readonly kind: 'digest'; readonly events: readonly SingleEvent[]; readonly more: number }
  | { readonly kind: 'test' }

/** What is sent to a channel. A second attempt, also after a crash, has the same `id`. */
export interface Message {
  /** Letters, digits, `_` and `-`; the receiver may tell a repeated message by it. */
  readonly id: string
  /** ISO 8601: when the event became known. */
  readonly at: string
  readonly host: string
  /** Where the page of this agent is; null: not known. */
  readonly page: string | null
  readonly event: NotifyEvent
}

/** Waits neither for a digest nor for the end of quiet hours. */
export function isUrgent(kind: NotifyEvent['kind']): boolean {
  return kind === 'failed' || kind === 'stuck' || kind === 'test'
}
