import type { Program } from '../../self/trial.ts'
import type { StepBase } from './base.ts'

/** Steps of runs that move Belay itself. */

/** Says in `dir` that the version which is about to be started is on trial; its undo takes that back. */
export interface TrialStep extends StepBase {
  readonly kind: 'trial'
  readonly dir: string
  readonly previous: Program
  readonly candidate: Program
  readonly tries: number
}

/** Waits until the agent that was started has shown that it works. */
export interface ConfirmStep extends StepBase {
  readonly kind: 'confirm'
  readonly dir: string
  /** Of the program that ran before, as its agent would answer. */
  readonly identity: string
  readonly timeoutMs: number
}
