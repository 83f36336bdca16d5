import type { EventKind, Trouble } from '../core/notify/event.ts'

/** A channel as people and programs see it: never a secret, nor where one is kept. Times ISO 8601. */
export interface ChannelReport {
  readonly name: string
  readonly type: string
  readonly on: readonly EventKind[]
  /** null: every one. */
  readonly components: readonly string[] | null
  readonly waiting: number
  readonly given_up: number
  readonly last_sent: string | null
  /** Why the last try failed; null: it did not. */
  readonly last_problem: Trouble | null
}

export interface Channels {
  list(): Promise<readonly ChannelReport[]>
  /** Sends a test message at once, once. E_USAGE: there is no such channel. Else as `Notifier.send`. */
  test(name: string, signal: AbortSignal): Promise<void>
}
