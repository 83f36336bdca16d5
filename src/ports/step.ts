import type { RunId } from '../core/model/names.ts'
import type { Facts } from '../core/model/problem.ts'
import type { StepKind, StepOf } from '../core/plan/step.ts'

export interface StepContext {
  readonly run: RunId
  readonly signal: AbortSignal
  readonly progress: (doneBytes: number, totalBytes: number | null, message?: string) => void
}

/**
 * The three verbs of a step kind. Handlers read step and context only, never the config.
 * - `apply` is idempotent: after a crash it runs again on whatever the first one left.
 * - `observe` asks the machine, not memory.
 * - `undo` is safe when never applied, or half applied, and is idempotent.
 * All throw BelayError or a system error; the engine records either as a Problem.
 */
export interface StepHandler<K extends StepKind> {
  apply(step: StepOf<K>, context: StepContext): Promise<Facts>
  observe(step: StepOf<K>, context: StepContext): Promise<'absent' | 'present'>
  undo(step: StepOf<K>, context: StepContext): Promise<void>
}

/** A kind without a handler does not compile. */
export type StepHandlers = { readonly [K in StepKind]: StepHandler<K> }
