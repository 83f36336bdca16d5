import type { ZodType } from 'zod'
import type { Spec } from '../core/model/names.ts'
import type { Message } from '../core/notify/event.ts'

/**
 * Sends messages to people, or to their programs.
 * - `send` resolves when the receiver has taken the message over, and not before. It gives up within `sendMsMax`, earlier when
 *   the signal aborts, and closes what it opened.
 * - It may be called again with the same message after a crash, or after an answer that got lost: the receiver may then
 *   have it twice. `message.id` goes with it wherever the receiver can tell a repeated message by it.
 * - It never tries again by itself. Errors are BelayErrors, `retryable` where waiting helps: E_NETWORK, E_TIMEOUT,
 *   E_RATE_LIMITED (facts.retryAt, ISO 8601), E_HTTP_STATUS (5xx), E_NOTIFY_REFUSED (SMTP 4yz). Others stay as they are
 *   until somebody changes something: E_NOTIFY_REFUSED (4xx, SMTP 5yz), E_HTTP_INSECURE, E_SECRET_MISSING,
 *   E_CONFIG_INVALID (a secret that is none).
 * - Text of a release may hold anything: it is shown as text, whatever the receiver's markup is, and mentions nobody.
 * - Secrets in the config are references, resolved at each call; no error holds one, nor an address that is one.
 */
export interface Notifier<C> {
  readonly kind: string
  /** Includes the keys that every channel has. */
  readonly config: ZodType<C>
  send(config: C, message: Message, context: SendContext): Promise<void>
}

export interface SendContext {
  readonly language: 'en' | 'de'
  readonly signal: AbortSignal
}

export const sendMsMax = 30_000

/** Notifiers opened from the config of a channel. E_CONFIG_INVALID where that does not fit; else as `send` above. */
export interface Notifiers {
  send(spec: Spec, message: Message, context: SendContext): Promise<void>
}
