import type { RunId } from '../core/model/names.ts'
import type { Facts, Problem } from '../core/model/problem.ts'
import type { Outcome } from '../core/model/release.ts'
import type { Plan } from '../core/plan/plan.ts'

/**
 * What watchers see while a run goes on. Lossy, never journaled: the journal alone is the record. `beside`: another process
 * drives it, and tells the same to its own watchers.
 */
export type RunEvent =
  | {
      readonly t: 'opened'
      readonly run: RunId
      readonly plan: Plan
      readonly resumed: boolean
      readonly beside?: boolean
    }
  | {
      readonly t: 'step'
      readonly run: RunId
      readonly step: number
      readonly state: 'running' | 'done' | 'undoing' | 'undone'
      readonly ms: number
      readonly facts: Facts
    }
  | {
      readonly t: 'failed'
      readonly run: RunId
      readonly step: number
      readonly verb: 'apply' | 'observe' | 'undo'
      readonly problem: Problem
      readonly ms: number
    }
  | {
      readonly t: 'progress'
      readonly run: RunId
      readonly step: number
      readonly doneBytes: number
      readonly totalBytes: number | null
      readonly message: string | null
    }
  | { readonly t: 'waiting'; readonly run: RunId; readonly step: number; readonly until: number }
  | { readonly t: 'closed'; readonly run: RunId; readonly outcome: Outcome; readonly problem: Problem | null }

export type Listener = (event: RunEvent) => void
