import type { Problem } from '../core/model/problem.ts'
import type { NotifyEvent } from '../core/notify/event.ts'
import type { Waiting } from '../core/notify/sending.ts'

/** An event for some channels. `key` names it for ever: a channel is told of it once. */
export interface Queued {
  readonly key: string
  readonly event: NotifyEvent
  /** Milliseconds since the epoch: when it became known. */
  readonly at: number
  readonly channels: readonly string[]
  /** false: it may wait for a digest. */
  readonly ready: boolean
  /** Once in all: who becomes a channel later is not told. Else each channel is told, whenever it comes. */
  readonly onceInAll: boolean
}

export interface ChannelState {
  readonly waiting: number
  /** Milliseconds since the epoch; null: none yet, as far as is kept. */
  readonly lastSent: number | null
  /** Why the last try failed; null: it did not. */
  readonly lastProblem: Problem | null
  readonly givenUp: number
}

/**
 * Messages that are to be sent, on disk: what is queued survives any crash, and what was sent is marked after it was. So a
 * message may be sent twice, with one id, and is never lost. Bounded: of each channel the oldest are given up, and of what
 * is done the oldest forgotten.
 * One process writes to it, any may read. Errors: E_IO, E_DISK_FULL.
 */
export interface Outbox {
  /** Whether the event is new to this host, whatever the channels. All or nothing, the cursor with it. */
  queue(queued: Queued, cursor?: { readonly name: string; readonly position: number }): boolean
  /** Where a watcher is; null: it never was anywhere. */
  cursor(name: string): number | null
  moveCursor(name: string, position: number): void
  /** When that was noted first, milliseconds; `now` where it was not yet. */
  firstNoted(key: string, now: number): number
  /** Oldest first. */
  waiting(channel: string): readonly Waiting[]
  /** Makes one message of several, which are gone then. */
  join(channel: string, ids: readonly string[], event: NotifyEvent, at: number): void
  sent(id: string, at: number): void
  /** `due`: when it is tried again; null: it is given up. */
  failed(id: string, problem: Problem, due: number | null, at: number): void
  /** Gives up what has waited since before `at`. */
  giveUpBefore(channel: string, at: number, problem: Problem): void
  /** Gives up what waits for channels that there are no more. */
  keepOnly(channels: readonly string[], before: number): void
  state(channel: string): ChannelState
  close(): void
}
