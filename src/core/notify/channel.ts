import type { EventKind, SingleEvent } from './event.ts'
import type { Quiet } from './quiet.ts'

/** Which events a channel wants, and when. */
export interface ChannelRules {
  readonly on: readonly EventKind[]
  /** null: every one. */
  readonly components: readonly string[] | null
  readonly quiet: Quiet | null
  /** How long events are collected, from the first of them on; null: each is sent by itself. */
  readonly digestMs: number | null
  /** How long a source may give no answer until that is told. */
  readonly checkFailingMs: number
}

export function wants({ on, components }: ChannelRules, event: SingleEvent): boolean {
  return on.includes(event.kind) && (components === null || components.includes(event.component))
}
