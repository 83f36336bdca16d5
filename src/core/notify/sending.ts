import type { Problem } from '../model/problem.ts'
import { backoff } from '../schedule/moment.ts'
import type { ChannelRules } from './channel.ts'
import { isUrgent, type NotifyEvent, type SingleEvent } from './event.ts'
import { quietUntil } from './quiet.ts'

/** A message that waits. Times in milliseconds since the epoch. */
export interface Waiting {
  readonly id: string
  /** When the event became known. */
  readonly at: number
  /** Not before. */
  readonly due: number
  /** How often it was tried. */
  readonly attempts: number
  /** false: it may wait for a digest. */
  readonly ready: boolean
  readonly event: NotifyEvent
}

export type Next =
  | { readonly do: 'send'; readonly row: Waiting }
  /** These become one message. */
  | { readonly do: 'digest'; readonly rows: readonly Waiting[] }
  /** `ms` may be Infinity. */
  | { readonly do: 'wait'; readonly ms: number }

/** What a channel does next with what waits for it, oldest first. */
export function nextFor(rules: ChannelRules, rows: readonly Waiting[], now: number): Next {
  const quiet = rules.quiet === null ? null : quietUntil(rules.quiet, now)
  const collects = ({ ready }: Waiting) => rules.digestMs !== null && !ready
  const mayGo = ({ event }: Waiting) => quiet === null || isUrgent(event.kind)
  const single = rows.find((row) => !collects(row) && mayGo(row) && isDue(row, now))
  if (single !== undefined) return { do: 'send', row: single }
  const collected = rows.filter(collects)
  const digestAt = collected[0] === undefined ? Infinity : collected[0].at + (rules.digestMs ?? 0)
  const isRipe = digestAt <= now || (collected[0]?.at ?? 0) > now
  if (collected.length > 0 && isRipe && quiet === null) return { do: 'digest', rows: collected }
  const times = rows.map((row) => {
    const at = collects(row) ? digestAt : row.due
    return mayGo(row) ? at : Math.max(at, quiet ?? 0)
  })
  return { do: 'wait', ms: Math.max(0, Math.min(...times) - now) }
}

/** One that was written down at a time that is yet to come: the wall clock was set back, and its due time means nothing. */
function isDue({ at, due }: Waiting, now: number): boolean {
  return due <= now || at > now
}

const digestEventsMax = 50

/** Several events as one message. The newest are named. */
export function digestOf(rows: readonly Waiting[]): NotifyEvent {
  const events = rows.flatMap(({ event }) => singles(event))
  const [only] = events
  if (only !== undefined && events.length === 1) return only
  return {
    kind: 'digest',
    events: events.slice(-digestEventsMax),
    more: Math.max(0, events.length - digestEventsMax),
  }
}

function singles(event: NotifyEvent): readonly SingleEvent[] {
  switch (event.kind) {
    case 'digest':
      return event.events
    case 'test':
      return []
    case 'update_available':
    case 'held':
    case 'updated':
    case 'failed':
    case 'rolled_back':
    case 'stuck':
    case 'check_failing':
      return [event]
  }
}

const retryMsFirst = 30_000
const retryMsMax = 3_600_000
const dayMs = 86_400_000
/** How long a message is tried before it is given up. */
export const patienceMs = 3 * dayMs

/**
 * Whether it is tried again. All but what the receiver refused for good: a secret that is missing or a certificate that
 * has run out is put right by somebody, mostly within the days that a message waits.
 */
export function mayPass({ retryable, code }: Problem): boolean {
  return retryable || code !== 'E_NOTIFY_REFUSED'
}

/**
 * When it is tried again after `attempts` failures. `share`: from 0 to 1, by chance: up to a quarter more, so that hosts
 * that failed together do not come back together. A receiver that named a time is left alone until then, a day at most.
 */
export function retryDue(
  attempts: number,
  problem: Problem,
  { now, share }: { readonly now: number; readonly share: number },
): number {
  const pause = backoff(attempts, retryMsFirst, retryMsMax)
  const { retryAt } = problem.facts
  const asked = typeof retryAt === 'string' ? Date.parse(retryAt) : 0
  return Math.max(now + Math.round(pause * (1 + share / 4)), Math.min(asked || 0, now + dayMs))
}
