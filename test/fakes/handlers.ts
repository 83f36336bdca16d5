import type { Step } from '../../src/core/plan/step.ts'
import type { Progress, RunState } from '../../src/core/run/fold.ts'
import type { StepHandler, StepHandlers } from '../../src/ports/step.ts'

type Value = 'old' | 'half' | 'new'

export interface FakeMachine {
  readonly handlers: StepHandlers
  /** Verb and kind of what was asked of it, in order. */
  readonly asked: readonly string[]
  /** Whether every step up to the commit point has this value; checks and waits have none. */
  whole(value: 'old' | 'new'): boolean
}

/**
 * A machine whose state is one value a step, as the entries of a run left it. What a crash interrupted is `interrupted`.
 * Checks are truthful: those of the new version pass on all new alone, those of the old one on all old.
 */
export function fakeMachine(left: RunState, interrupted: Value): FakeMachine {
  const { plan, steps } = left
  // By what they say: a journal makes new objects of its steps whenever it is read.
  const key = (step: Step) => JSON.stringify(step)
  const values = new Map(steps.map((step, i) => [key(step), valueOf(left.records[i]?.progress, interrupted)]))
  const asked: string[] = []
  const moves = (step: Step) => step.kind !== 'check' && step.kind !== 'soak'
  const whole = (value: 'old' | 'new') =>
    plan.steps.every((step, i) => i > plan.commitAfter || !moves(step) || values.get(key(step)) === value)
  const set = (step: Step, value: 'old' | 'new') => values.set(key(step), value)
  const handler: StepHandler<Step['kind']> = {
    async apply(step) {
      asked.push(`apply ${step.kind}`)
      if (step.kind !== 'check') set(step, 'new')
      else if (step.phase !== 'before' && !whole(step.phase === 'back' ? 'old' : 'new')) throw new Error('a mix')
      return {}
    },
    async observe(step) {
      asked.push(`observe ${step.kind}`)
      if (step.kind === 'soak') return 'present'
      return moves(step) && values.get(key(step)) === 'new' ? 'present' : 'absent'
    },
    async undo(step) {
      asked.push(`undo ${step.kind}`)
      set(step, 'old')
    },
  }
  return { handlers: new Proxy({} as StepHandlers, { get: () => handler }), asked, whole }
}

function valueOf(progress: Progress | undefined, interrupted: Value): Value {
  if (progress === 'done') return 'new'
  return progress === 'running' || progress === 'failed' ? interrupted : 'old'
}
