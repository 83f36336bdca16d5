import type { Scope } from '../core/access/scope.ts'

export interface User {
  readonly name: string
  readonly scope: Scope
  /** ISO 8601, here and below. */
  readonly created: string
  readonly last_login: string | null
}

export interface Token {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly created: string
  readonly last_used: string | null
  readonly expires: string | null
}

export interface Session {
  readonly user: string
  /** The user's as it is now. */
  readonly scope: Scope
}

/**
 * Users, tokens and sessions, shared by the agent and the command line: what one of them changes holds for the other
 * at once. Nothing here gives back a secret: passwords are kept hashed (`record`), tokens and sessions by their digest.
 * E_IO, E_DISK_FULL: the file cannot be used.
 */
export interface Accounts {
  users(): readonly User[]
  /** How the password of a user is kept; null: there is no such user. */
  passwordRecord(name: string): string | null
  /** E_USAGE: the name is taken, or the first one is no admin. `only`: false, and nothing done, when there is one already. */
  addUser(user: {
    readonly name: string
    readonly scope: Scope
    readonly record: string
    readonly only?: boolean
  }): boolean
  /** With all sessions. E_NOT_FOUND; E_USAGE: the last admin stays. */
  removeUser(name: string): void
  /** Ends all sessions of the user but `keep`. E_NOT_FOUND. */
  setPassword(name: string, record: string, keep?: string): void
  /** The same password by a better measure: nothing else changes. */
  renewRecord(name: string, record: string): void
  /** Ends all sessions of the user. E_NOT_FOUND; E_USAGE: the last admin stays one. */
  setScope(name: string, scope: Scope): void

  tokens(): readonly Token[]
  addToken(token: {
    readonly id: string
    readonly name: string
    readonly scope: Scope
    readonly digest: string
    readonly expires: string | null
  }): void
  /** null: unknown or expired. Notes the use, to the minute. */
  useToken(digest: string): Token | null
  /** E_NOT_FOUND */
  removeToken(id: string): Token

  /** Notes the login, and forgets sessions that are over. `instead`: of one that ends with it. */
  addSession(digest: string, user: string, instead: readonly string[]): void
  /** null: unknown, over, or idle for too long. Notes the use, to the minute. */
  useSession(digest: string): Session | null
  removeSession(digest: string): void
  close(): void
}

/** Argon2id. One at a time and few waiting: it takes memory by design. E_TOO_MANY_ATTEMPTS when too many wait. */
export interface Passwords {
  hash(password: string): Promise<string>
  /** `record` null: no such user; it takes the same time. `weak`: right, and to be hashed anew by today's measure. */
  verify(password: string, record: string | null): Promise<'wrong' | 'right' | 'weak'>
}

/** What lets in whoever reads this host's files, while there is no user yet. */
export interface SetupSecret {
  /** Made when there is none. */
  current(): string
  forget(): void
}
