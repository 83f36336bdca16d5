import { problemCodes } from '../../core/model/codes.ts'
import type { NotifyEvent } from '../../core/notify/event.ts'
import type { Message, Messages } from './message.ts'

/** The general words for a code; null: it is another version's. */
export function generalWords(messages: Messages, code: string): Message | null {
  const known = problemCodes.find((each) => each === code)
  return known === undefined ? null : messages[known]
}

/** The sentences of one language. */
export interface NoticeWords {
  title(event: NotifyEvent, host: string): string
  /** What happened, how things are now, what to do next. `now`: when the event became known, milliseconds. */
  lines(event: NotifyEvent, host: string, now: number): readonly string[]
  readonly releaseLink: string
  readonly pageLink: string
}

/** `1.0.4 → 1.1.0`, or what is known of it. */
export function change(from: string | null, to: string | null): string {
  return [from, to].filter((version) => version !== null).join(' → ')
}
