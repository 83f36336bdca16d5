import type { Facts, Problem } from '../model/problem.ts'
import type { Outcome } from '../model/release.ts'
import type { Plan } from '../plan/plan.ts'

/**
 * The journal's words. `step` indexes `plan.steps`, then `plan.back`.
 * `failed.verb` tells which of the three verbs failed. `resumed` is a person's (or a start's) new attempt: it resets
 * the bounds on retries. `cancel` asks for rollback.
 */
export type Entry =
  | { readonly t: 'opened'; readonly plan: Plan }
  | { readonly t: 'intent'; readonly step: number }
  | { readonly t: 'done'; readonly step: number; readonly note?: Facts }
  | { readonly t: 'undone'; readonly step: number; readonly note?: Facts }
  | { readonly t: 'failed'; readonly step: number; readonly verb: Verb; readonly problem: Problem }
  | { readonly t: 'resumed' }
  | { readonly t: 'cancel' }
  | { readonly t: 'closed'; readonly outcome: Outcome; readonly problem: Problem | null }

export type Verb = 'apply' | 'observe' | 'undo'

/** An entry as the journal holds it. Order is by `seq` only: `at` (ms since the epoch) may jump with the clock. */
export interface Recorded {
  readonly v: 1
  readonly seq: number
  readonly at: number
  readonly boot: string
  readonly entry: Entry
}
