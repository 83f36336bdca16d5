import type { ComponentName, RunId, Spec } from '../core/model/names.ts'
import type { Problem } from '../core/model/problem.ts'
import type { Beside, RunAction } from '../core/plan/plan.ts'
import type { ConfirmStep, TrialStep } from '../core/plan/step.ts'
import type { Installed, Phases } from './strategy.ts'

/** What a run of Belay itself has besides. */
export interface SelfParts {
  readonly beside: Beside
  readonly trial: TrialStep
  readonly confirm: ConfirmStep
  /** A sentence for the plan. */
  readonly note: string
}

export interface SelfQuestion {
  readonly settings: { readonly name: ComponentName; readonly strategy: Spec }
  readonly installed: Installed
  readonly phases: Phases
  readonly action: RunAction
  readonly run: RunId
}

/**
 * A run that moves Belay itself ends the agent that began it, so another process drives it: one that the end of the agent
 * does not touch, and that runs the old code.
 */
export interface SelfRuns {
  /** Null: that component is not this Belay. A problem: it is, and it cannot be updated like this. Reads only. */
  recognise(question: SelfQuestion): Promise<SelfParts | Problem | null>
  /** Lets a driver carry the run to its end. Idempotent: one that is at work goes on. E_SELF_DRIVER. */
  start(beside: Beside): Promise<void>
  /** Asks its driver to go back. */
  cancel(beside: Beside): Promise<void>
  /** Takes away what the driver needed, where the run is over. */
  tidy(beside: Beside): Promise<void>
}
