import type { LoadResult } from '../fakes/traffic/load-result.ts'

/** How long an instance needs until it answers, wherever it stands. */
export const startupMs = 1500

/** One way to bring a new version, set up and with a version that answers. */
export interface Place extends AsyncDisposable {
  readonly name: string
  /** What the issue of zero downtime allows of it; null: it stands beside, to be compared with. */
  readonly allowed: Allowed | null
  /** To the next version, under people. */
  change(): Promise<LoadResult>
  /** The same people, while another instance starts beside and nobody is sent there; null: not asked for. */
  beside: (() => Promise<LoadResult>) | null
}

/** Failed requests: at most so many of so many. */
export interface Allowed {
  readonly failed: number
  readonly of: number
}

export const none: Allowed = { failed: 0, of: 1 }
