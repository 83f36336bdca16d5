import { type Problem, problem } from '../model/problem.ts'
import type { Outcome } from '../model/release.ts'
import type { Plan } from '../plan/plan.ts'
import type { Step } from '../plan/step.ts'
import type { Recorded } from './entry.ts'

/**
 * `running`: an intent without a result, which after a crash means "nobody knows".
 * `skipped`: a cleanup that failed and was let go.
 */
export type Progress = 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped'

/** Counters are since the last `resumed`, so that a person's new attempt gets the full bounds again. */
export interface StepRecord {
  readonly progress: Progress
  /** Whether `apply` may ever have touched the machine. */
  readonly begun: boolean
  readonly intents: number
  readonly applyFailures: number
  readonly observeFailures: number
  readonly undoFailures: number
  /** Wall time of the last intent and of the last failure, ms since the epoch. */
  readonly intentAt: number
  readonly failedAt: number
}

/** What a run's entries say, and nothing else. */
export interface RunState {
  readonly plan: Plan
  readonly steps: readonly Step[]
  readonly records: readonly StepRecord[]
  readonly direction: 'forward' | 'back'
  /** What made the run turn back, or what it is stuck on. */
  readonly problem: Problem | null
  readonly committed: boolean
  readonly closed: Outcome | null
}

const untouched: StepRecord = {
  progress: 'pending',
  begun: false,
  intents: 0,
  applyFailures: 0,
  observeFailures: 0,
  undoFailures: 0,
  intentAt: 0,
  failedAt: 0,
}

export const cancelled = problem('E_CANCELLED', 'The run was cancelled.', { hint: 'Run it again when you are ready.' })

/** How often `observe` is asked before its failure counts as the step's own. */
export const observeTriesMax = 3

interface Draft {
  plan: Plan
  records: StepRecord[]
  direction: 'forward' | 'back'
  problem: Problem | null
  /** `problem` before the run closed on another: what a resumed run still is about. */
  cause: Problem | null
  committed: boolean
  closed: Outcome | null
}

/** Entries in order of `seq`, the first one `opened`. Throws on a history that no engine writes. */
export function fold(entries: readonly Recorded[]): RunState {
  const first = entries[0]?.entry
  if (first?.t !== 'opened') throw new Error('a run begins with its plan')
  const { plan } = first
  const steps = [...plan.steps, ...plan.back]
  const draft: Draft = {
    plan,
    records: steps.map(() => untouched),
    direction: 'forward',
    problem: null,
    cause: null,
    committed: false,
    closed: null,
  }
  for (const recorded of entries.slice(1)) absorb(draft, recorded)
  const { direction, problem, committed, closed, records } = draft
  return { plan, steps, records, direction, problem, committed, closed }
}

function absorb(draft: Draft, { entry, at }: Recorded): void {
  switch (entry.t) {
    case 'opened':
      throw new Error('a run is opened once')
    case 'intent':
      return update(draft, entry.step, (r) => ({
        ...r,
        progress: 'running',
        begun: true,
        intents: r.intents + 1,
        intentAt: at,
      }))
    case 'done':
      update(draft, entry.step, (r) => ({ ...r, progress: 'done' }))
      if (entry.step === draft.plan.commitAfter && draft.direction === 'forward') draft.committed = true
      return
    case 'undone':
      return update(draft, entry.step, (r) => ({ ...r, progress: 'undone' }))
    case 'failed':
      return absorbFailure(draft, entry.step, entry.verb, entry.problem, at)
    case 'resumed':
      if (draft.closed !== null) draft.problem = draft.cause
      draft.closed = null
      draft.records = draft.records.map((r, i) => ({
        ...r,
        // A check of the old version that failed is asked anew.
        progress: i >= draft.plan.steps.length && r.progress === 'failed' ? 'pending' : r.progress,
        intents: r.progress === 'running' ? 1 : 0,
        applyFailures: 0,
        observeFailures: 0,
        undoFailures: 0,
      }))
      return
    case 'cancel':
      if (draft.committed) return
      draft.direction = 'back'
      draft.problem ??= cancelled
      return
    case 'closed':
      draft.closed = entry.outcome
      draft.cause = draft.problem
      if (entry.problem !== null) draft.problem = entry.problem
      return
  }
}

function absorbFailure(draft: Draft, step: number, verb: 'apply' | 'observe' | 'undo', why: Problem, at: number): void {
  if (verb === 'undo') {
    update(draft, step, (r) => ({ ...r, undoFailures: r.undoFailures + 1, failedAt: at }))
    return
  }
  if (verb === 'observe') {
    const tries = (draft.records[step]?.observeFailures ?? 0) + 1
    update(draft, step, (r) => ({ ...r, observeFailures: tries, failedAt: at }))
    if (tries < observeTriesMax) return
  }
  const isBack = step >= draft.plan.steps.length
  const cleanup = draft.plan.steps[step]?.phase === 'cleanup'
  update(draft, step, (r) => ({
    ...r,
    progress: cleanup ? 'skipped' : 'failed',
    applyFailures: r.applyFailures + 1,
    failedAt: at,
  }))
  if (isBack || cleanup) return
  draft.problem ??= why
  if (!draft.committed) draft.direction = 'back'
}

function update(draft: Draft, step: number, change: (record: StepRecord) => StepRecord): void {
  const record = draft.records[step]
  if (record === undefined) throw new Error(`the plan has no step ${step}`)
  draft.records[step] = change(record)
}

/** Whether the run went beyond preparations: then an undo brings the old version back rather than leaving it alone. */
export function touched(state: RunState): boolean {
  return state.plan.steps.some((step, i) => step.phase !== 'before' && state.records[i]?.begun === true)
}
