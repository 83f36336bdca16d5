import type { Scope } from '../core/access/scope.ts'

export type { Scope } from '../core/access/scope.ts'

/**
 * Who asks. `name`: the user's, or the token's; what the audit log calls them. `scope`: what they may do from where they
 * are, which may be less than what they were given.
 */
export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'session' | 'token'; readonly id: string; readonly name: string; readonly scope: Scope }

/** What is known of a request before its body is read. */
export interface RequestHead {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly headers: Headers
  /**
   * The address at the other end, a trusted proxy already looked through. Words that are no address where a proxy that is
   * not trusted stands between: then nobody knows.
   */
  readonly address: string
  /** Whether the caller's side of the connection is encrypted, a trusted proxy already looked through. */
  readonly secure: boolean
}

/**
 * Decides who asks and whether they may. The one gate of REST, WebSocket and the seeds' endpoints. Asked again with the
 * same head, as for each message of a WebSocket, it says what holds by then.
 * Throws E_LOGIN_NEEDED (nobody, an expired or a forged credential), E_FORBIDDEN (the scope is too small, a foreign origin,
 * no CSRF token, read-only from there, a host name that is not ours). A request for an upgrade takes its Origin for the
 * CSRF token, which a WebSocket cannot send.
 */
export interface Gate {
  admit(head: RequestHead, need: Scope | 'public'): Promise<Caller>
}

/** One line of the audit log. `outcome`: a word or a problem's code. */
export interface AuditEvent {
  /** Such as `login`, `update`, `settings`. */
  readonly action: string
  /** What it was done to: a component, a user, a token's id. */
  readonly target: string | null
  readonly who: string
  readonly from: string
  readonly outcome: string
  /** The run that it began. */
  readonly run?: string | null
}

/** Append-only and hash-chained. A record that cannot be written stops what it is about: E_IO. */
export interface Audit {
  record(event: AuditEvent): Promise<void>
}

export interface AuditEntry {
  readonly seq: number
  /** ISO 8601 */
  readonly at: string
  readonly who: string
  readonly from: string
  readonly action: string
  readonly target: string | null
  readonly run: string | null
  readonly outcome: string
}

/** `broken`: the number of the first entry that is not as it was written, or is missing; null: all are. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  readonly more: boolean
  readonly broken: number | null
}

export interface AuditHead {
  /** 0: nothing is in it. */
  readonly seq: number
  readonly hash: string
  readonly broken: number | null
}

export interface AuditLog extends Audit {
  /** Verifies all of it. */
  head(): Promise<AuditHead>
  /** Newest first, all of them verified. `before`: only older ones. */
  read(options: { readonly before: number | null; readonly limit: number }): Promise<AuditPage>
  close(): void
}
