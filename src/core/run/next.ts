import { type Problem, problem } from '../model/problem.ts'
import type { Outcome } from '../model/release.ts'
import { interruption } from '../plan/step.ts'
import type { Recorded } from './entry.ts'
import { fold, type RunState, type StepRecord, touched } from './fold.ts'

/**
 * What to do now.
 * - `apply`: journal the intent, then apply.
 * - `settle`: an intent has no result. Observe; when absent, apply again.
 * - `give-up`: journal the failure without touching the machine.
 * - `wait`: nothing before `until` (ms since the epoch).
 * - `close`: journal the outcome.
 */
export type Action =
  | { readonly do: 'apply' | 'settle' | 'undo'; readonly step: number }
  | { readonly do: 'give-up'; readonly step: number; readonly problem: Problem }
  | { readonly do: 'wait'; readonly step: number; readonly until: number }
  | { readonly do: 'close'; readonly outcome: Outcome; readonly problem: Problem | null }
  | { readonly do: 'nothing' }

export const undoTriesMax = 5
export const forwardTriesMax = 5
/** A step whose apply takes the machine down every time is not applied for ever. */
export const crashesMax = 3
const backoffFirstMs = 1_000

/**
 * The whole engine's judgement: a pure function from the journal to the next action, so that recovery is not a second
 * program. `now` is ms since the epoch and may jump; no wait is ever longer than what it was planned to be.
 */
export function next(entries: readonly Recorded[], now: number): Action {
  const state = fold(entries)
  if (state.closed !== null) return { do: 'nothing' }
  return state.direction === 'back' ? goBack(state, now) : goForward(state, now)
}

function goForward(state: RunState, now: number): Action {
  for (let i = 0; i < state.plan.steps.length; i++) {
    const record = recordOf(state, i)
    switch (record.progress) {
      case 'done':
      case 'skipped':
        continue
      case 'pending':
      case 'undone':
        return { do: 'apply', step: i }
      case 'running':
        return settle(state, i, record, now)
      case 'failed':
        return retryForward(state, i, record, now)
    }
  }
  return { do: 'close', outcome: 'committed', problem: null }
}

function settle(state: RunState, i: number, record: StepRecord, now: number): Action {
  const step = state.steps[i]
  if (step === undefined) throw new Error(`the plan has no step ${i}`)
  if (step.kind === 'soak') return soak(i, record, step.ms, now)
  if (interruption[step.kind] === 'undo') return { do: 'give-up', step: i, problem: interrupted(step.detail) }
  if (record.intents > crashesMax && !state.committed) {
    return { do: 'give-up', step: i, problem: interrupted(step.detail) }
  }
  return pause(i, record, record.observeFailures, now) ?? { do: 'settle', step: i }
}

/** The deadline is the intent's wall time plus `ms`: a crash does not start the soak anew. */
function soak(i: number, record: StepRecord, ms: number, now: number): Action {
  const until = record.intentAt + ms
  return stillWaiting(until, record.intentAt, now) ? { do: 'wait', step: i, until } : { do: 'settle', step: i }
}

/** After the commit point there is no way but forward: bounded, then a person is asked. */
function retryForward(state: RunState, i: number, record: StepRecord, now: number): Action {
  if (record.applyFailures >= forwardTriesMax) {
    return { do: 'close', outcome: 'stuck', problem: stuck(state, `step ${i + 1} failed after the commit`) }
  }
  return pause(i, record, record.applyFailures, now) ?? { do: 'apply', step: i }
}

function goBack(state: RunState, now: number): Action {
  for (let i = state.plan.commitAfter; i >= 0; i--) {
    const record = recordOf(state, i)
    if (!record.begun || record.progress === 'undone') continue
    if (record.undoFailures >= undoTriesMax) {
      return { do: 'close', outcome: 'stuck', problem: stuck(state, `undoing step ${i + 1} failed`) }
    }
    return pause(i, record, record.undoFailures, now) ?? { do: 'undo', step: i }
  }
  return touched(state) ? proveOld(state) : { do: 'close', outcome: 'failed', problem: state.problem }
}

/** Everything is undone: the old version must now prove itself, or a person is needed. */
function proveOld(state: RunState): Action {
  for (let i = state.plan.steps.length; i < state.steps.length; i++) {
    const { progress } = recordOf(state, i)
    if (progress === 'done') continue
    if (progress === 'pending') return { do: 'apply', step: i }
    if (progress === 'running') return { do: 'settle', step: i }
    return {
      do: 'close',
      outcome: 'stuck',
      problem: stuck(state, 'the previous version is back, but does not pass its checks'),
    }
  }
  const hadOne = state.plan.targets.some((target) => target.from !== null)
  return { do: 'close', outcome: hadOne ? 'rolled-back' : 'failed', problem: state.problem }
}

function recordOf(state: RunState, i: number): StepRecord {
  const record = state.records[i]
  if (record === undefined) throw new Error(`the plan has no step ${i}`)
  return record
}

/** The wait before the next try, twice as long after each failure; null: it may begin. A new attempt does not wait. */
function pause(step: number, { failedAt }: StepRecord, failures: number, now: number): Action | null {
  if (failures === 0) return null
  const until = failedAt + backoffFirstMs * 2 ** (failures - 1)
  return stillWaiting(until, failedAt, now) ? { do: 'wait', step, until } : null
}

/** A clock that went back behind `since` would make the wait endless: then the wait is over. */
function stillWaiting(until: number, since: number, now: number): boolean {
  return now >= since && now < until
}

function interrupted(detail: string): Problem {
  return problem('E_INTERRUPTED', `The update was interrupted during "${detail}".`, {
    hint: 'Nothing is wrong with the release as such: run the update again.',
    retryable: true,
  })
}

function stuck(state: RunState, what: string): Problem {
  const cause = state.problem
  return problem(
    'E_STUCK',
    cause === null ? `The run is stuck: ${what}.` : `The run is stuck: ${what}. It began with: ${cause.message}`,
    {
      hint: `Look at "belay show ${state.plan.run}", mend the cause, then run "belay resume".`,
      facts: cause === null ? {} : { began_with: cause.code },
    },
  )
}
