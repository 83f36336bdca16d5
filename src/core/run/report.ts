import type { Facts, Json } from '../model/problem.ts'
import type { Step } from '../plan/step.ts'
import type { Measured } from '../traffic/promise.ts'
import type { Recorded } from './entry.ts'
import { fold, type Progress, type RunState } from './fold.ts'

/** What a finished or unfinished run did, as the entries tell it. Times in milliseconds. */
export interface RunFacts {
  readonly state: RunState
  readonly openedAt: number
  readonly closedAt: number | null
  readonly steps: readonly StepFacts[]
  readonly downtimeMs: number
  readonly bytesDownloaded: number
  /** What was seen at the front door; null: nobody looked. */
  readonly measured: Measured | null
  readonly kept: readonly string[]
  readonly warnings: readonly string[]
}

export interface StepFacts {
  readonly step: Step
  readonly state: Progress
  readonly ms: number
  readonly facts: Facts
}

export function runFacts(entries: readonly Recorded[]): RunFacts {
  const state = fold(entries)
  const steps = state.steps.map((step, i) => ({ step, state: stateOf(state, i), ...timing(entries, i) }))
  const first = entries[0]
  const last = entries.at(-1)
  return {
    state,
    openedAt: first?.at ?? 0,
    closedAt: last?.entry.t === 'closed' ? last.at : null,
    steps,
    downtimeMs: downtime(entries, state),
    bytesDownloaded: downloaded(entries, state),
    measured: measuredBy(steps),
    kept: keptAside(entries, state),
    warnings: [...state.plan.about.warnings, ...cleanupWarnings(entries, state)],
  }
}

/** In a finished run, what was never begun was skipped. */
function stateOf(state: RunState, i: number): Progress {
  const progress = state.records[i]?.progress ?? 'pending'
  return progress === 'pending' && state.closed !== null ? 'skipped' : progress
}

function timing(entries: readonly Recorded[], step: number): { ms: number; facts: Facts } {
  let begun: number | null = null
  let ms = 0
  let facts: Facts = {}
  for (const { entry, at } of entries) {
    if (entry.t === 'intent' && entry.step === step) begun ??= at
    if (entry.t === 'done' && entry.step === step) facts = entry.note ?? {}
    if (entry.t === 'failed' && entry.step === step && entry.verb === 'apply')
      facts = { ...entry.problem.facts, message: entry.problem.message }
    const ends = (entry.t === 'done' || entry.t === 'failed') && entry.step === step
    if (ends && begun !== null) {
      ms = Math.max(0, at - begun)
      begun = null
    }
  }
  return { ms, facts }
}

/**
 * From the intent to stop until the service was told to run again: by the start, or by undoing the stop. A new version
 * that ran and failed its checks served nobody: then its time counts too. With two slots it lasts until people are let in: only
 * then does anybody know how long they waited.
 */
function downtime(entries: readonly Recorded[], state: RunState): number {
  const start = state.steps.findIndex(({ kind }) => kind === 'start' || kind === 'slot-start')
  const stop = state.steps.findIndex((step) => (step.kind === 'stop' || step.kind === 'revive') && step.wasRunning)
  if (stop < 0) return 0
  // Where the start replaces what runs, the outage begins within it.
  const begin = state.steps[stop]?.kind === 'revive' ? start : stop
  const up = Math.max(
    start,
    state.steps.findLastIndex(({ kind }) => kind === 'switch' || kind === 'release'),
  )
  const hold = state.steps.findIndex(({ kind }) => kind === 'hold')
  let downAt: number | null = null
  let upAt: number | null = null
  for (const { entry, at } of entries) {
    if (entry.t === 'intent' && entry.step === begin) downAt ??= at
    if (entry.t === 'done' && entry.step === up) upAt = at
    if (entry.t === 'undone' && (entry.step === stop || entry.step === hold)) upAt = at
    if (entry.t === 'failed' && entry.step > start && start >= 0 && !state.committed && upAt !== null) {
      upAt = entry.step >= state.plan.steps.length ? upAt : null
    }
  }
  return downAt === null || upAt === null ? 0 : Math.max(0, upAt - downAt)
}

/** Kinds whose `bytes` came from elsewhere. */
const downloads: ReadonlySet<string> = new Set(['download', 'pull', 'fetch-files', 'git-fetch'])

function downloaded(entries: readonly Recorded[], state: RunState): number {
  let bytes = 0
  for (const { entry } of entries) {
    if (entry.t !== 'done') continue
    const kind = state.steps[entry.step]?.kind
    if (!downloads.has(kind ?? '')) continue
    bytes += Number(entry.note?.['bytes'] ?? 0)
  }
  return bytes
}

/** Kinds that look at the front door meanwhile. */
const watchers: ReadonlySet<string> = new Set(['switch', 'verify', 'retire'])

function measuredBy(steps: readonly StepFacts[]): Measured | null {
  const seen = steps.flatMap(({ step, facts }) => {
    const { asked, failed, worst_ms: worstMs } = facts
    if (!watchers.has(step.kind) || typeof asked !== 'number') return []
    return [{ asked, failed: Number(failed ?? 0), worstMs: Number(worstMs ?? 0) }]
  })
  if (seen.length === 0) return null
  return seen.reduce((all, one) => ({
    asked: all.asked + one.asked,
    failed: all.failed + one.failed,
    worstMs: Math.max(all.worstMs, one.worstMs),
  }))
}

/** Everything that a run moved out of the way instead of removing it. */
function keptAside(entries: readonly Recorded[], state: RunState): readonly string[] {
  const paths: string[] = []
  for (const [i, step] of state.steps.entries()) {
    const wasDone = entries.some(({ entry }) => entry.t === 'done' && entry.step === i)
    const begun = state.records[i]?.begun === true
    const undone = state.records[i]?.progress === 'undone'
    if (step.kind === 'unpack' && wasDone && undone) paths.push(step.failed)
    if ((step.kind === 'migrate' || step.kind === 'protect') && begun && undone)
      paths.push(...step.restore.map((ref) => ref.kept ?? ref.aside))
    if (step.kind === 'restore' && wasDone && !undone) paths.push(step.restore.kept ?? step.restore.aside)
    if (step.kind === 'backup' && wasDone) paths.push(step.backup.dir)
  }
  return paths
}

function cleanupWarnings(entries: readonly Recorded[], state: RunState): readonly string[] {
  return entries.flatMap(({ entry }) => {
    if (entry.t === 'failed' && state.steps[entry.step]?.phase === 'cleanup') return [entry.problem.message]
    if (entry.t === 'done') return texts(entry.note?.['warnings'])
    return []
  })
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
