import type { Problem } from '../../core/model/problem.ts'
import type { RunAction } from '../../core/plan/plan.ts'
import { blamesRelease } from '../../core/policy/blame.ts'

/** What is said of a run that is over, or that was not needed. */
export interface OutcomeFacts {
  readonly run: string | null
  readonly component: string
  readonly action: RunAction
  readonly from: string | null
  readonly to: string | null
  readonly outcome: 'committed' | 'rolled-back' | 'failed' | 'stuck' | 'current'
  readonly restart_required: boolean
  readonly downtime_ms: number
  /** Left out: not known. */
  readonly steps?: readonly { readonly kind: string; readonly state: string }[]
  readonly problem: Problem | null
}

/** What was seen at the front door meanwhile: requests, those without an answer, the slowest. */
export interface MeasuredFacts {
  readonly asked: number
  readonly failed: number
  readonly worst_ms: number
}

export function wasCancelled({ problem }: Pick<OutcomeFacts, 'problem'>): boolean {
  return problem?.code === 'E_CANCELLED'
}

/** Whether that version is not tried by itself again. */
export function isHeldNow({ action, to, outcome, problem }: OutcomeFacts): boolean {
  return action === 'update' && outcome === 'rolled-back' && to !== null && blamesRelease(problem)
}

/**
 * Whether what is back did not run before either: it was put back and left alone, so that nothing could be verified. What
 * ran was down from its stop to the undo of that.
 */
export function staysDown({ steps = [], downtime_ms: downMs }: Pick<OutcomeFacts, 'steps' | 'downtime_ms'>): boolean {
  return downMs === 0 && steps.some(({ kind, state }) => kind === 'start' && state === 'undone')
}

const serving: ReadonlySet<string> = new Set(['start', 'slot-start', 'revive', 'trial'])

/** Whether nothing of what was done has to do with a service: then none was seen to run. */
export function sawNoService({ steps = [] }: Pick<OutcomeFacts, 'steps'>): boolean {
  return steps.length > 0 && steps.every(({ kind }) => !serving.has(kind))
}

/** Of what was never opened it is not known what was there. */
export function wasFirst({ action, from, run }: OutcomeFacts): boolean {
  return action === 'update' && from === null && run !== null
}
