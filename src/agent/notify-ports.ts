import type { SingleEvent } from '../core/notify/event.ts'
import type { Say } from '../ports/agent.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { JournalWatch } from '../ports/journal.ts'
import type { Notifiers } from '../ports/notifier.ts'
import type { Outbox } from '../ports/outbox.ts'

export interface NotifyPorts {
  readonly clock: SteadyClock
  readonly outbox: Outbox
  readonly journal: JournalWatch
  readonly notifiers: Notifiers
  /** The name of this host, for people. */
  readonly host: string
  /** Where the page is; null: nowhere, as far as is known. */
  readonly page: () => string | null
  readonly say: Say
}

/** Queues an event, and tells whoever listens when it is new. */
export type Take = (told: Parameters<Outbox['queue']>[0] & { readonly event: SingleEvent }, cursor?: Cursor) => void
export type Cursor = NonNullable<Parameters<Outbox['queue']>[1]>
