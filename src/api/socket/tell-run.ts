import type { Problem } from '../../core/model/problem.ts'
import type { RunDetails, RunReport } from '../../ports/engine.ts'
import type { RunProgress } from '../../protocol/api/runs.ts'
import { compatPhase } from '../../protocol/compat/phase.ts'
import type { SocketBody } from '../../protocol/ws/messages.ts'

/** How far a run is. `live`: what its step under way said last; null: nothing. */
export function progressOf(run: RunDetails, live: RunProgress | null): SocketBody<'updater_progress'> {
  const at = run.steps.findIndex(({ state }) => state === 'running')
  const step = at < 0 ? null : (run.steps[at] ?? null)
  const said = live?.index === at ? live : null
  const level = levelOf(run)
  return {
    component: run.component,
    run: run.run ?? run.plan.run,
    phase: compatPhase(run.phase),
    step: step?.kind ?? null,
    percent: percentOf(run, said),
    level,
    message: run.closed === null ? (said?.message ?? step?.detail ?? underWay(run)) : outcomeText(run),
    success: level === 'info',
  }
}

/** How it ended. `component`: the name that the asker uses for it. */
export function resultOf(report: RunReport, component: string): SocketBody<'update_result'> {
  const success = report.outcome === 'committed' || report.outcome === 'current'
  return { component, success, message: outcomeText(report), dry_run: false, run: report.run }
}

export function refusalOf(problem: Problem, component: string, dryRun: boolean): SocketBody<'update_result'> {
  return { component, success: false, message: problemText(problem), dry_run: dryRun, run: null }
}

export function logOf({ success, message }: SocketBody<'update_result'>): SocketBody<'log'> {
  return { success, message, level: success ? 'info' : 'error' }
}

/** What happened, what state things are in, and what to do next. */
export function outcomeText(report: RunReport): string {
  const { component, from, to, outcome, problem } = report
  const why = problem === null ? '' : ` ${problemText(problem)}`
  switch (outcome) {
    case 'committed':
      return committedText(report)
    case 'current':
      return `${component} is up to date (${from ?? 'not installed'})`
    case 'rolled-back':
      return `${component} was not updated to ${to ?? 'nothing'}. ${from ?? 'What was there'} is back and verified.${why}`
    case 'failed':
      return `${component} was not updated; nothing was changed.${why}`
    case 'stuck':
      return `${component} is stuck and needs somebody.${why}`
  }
}

function committedText({ component, action, to }: RunReport): string {
  switch (action) {
    case 'update':
      return `Updated ${component} to ${to ?? 'its new version'}`
    case 'rollback':
      return `Rolled ${component} back to ${to ?? 'its old version'}`
    case 'restore':
      return `Restored the backup of ${component}`
    case 'adopt':
      return `Took ${component} over`
    case 'forget':
      return `Released ${component}`
  }
}

export function problemText({ message, hint }: Problem): string {
  return hint === null ? message : `${message} ${hint}`
}

function underWay({ component, action, from, to, phase }: RunDetails): string {
  const what = `${action} of ${component}, ${from ?? 'nothing'} to ${to ?? 'nothing'}`
  return phase === 'rolling_back' ? `Going back: ${what}` : what
}

function levelOf({ phase }: RunDetails): SocketBody<'log'>['level'] {
  switch (phase) {
    case 'rolling_back':
      return 'warning'
    case 'rolled_back':
    case 'failed':
    case 'stuck':
      return 'error'
    case 'checking':
    case 'backing_up':
    case 'downloading':
    case 'applying':
    case 'verifying':
    case 'soaking':
    case 'succeeded':
      return 'info'
  }
}

/** Each step counts the same; the one under way by its bytes, where it counts them. On the way back it falls. */
function percentOf({ steps, plan, outcome, closed }: RunDetails, live: RunProgress | null): number {
  if (closed !== null && outcome === 'committed') return 100
  const forward = steps.slice(0, plan.steps.length)
  const done = forward.filter(({ state }) => state === 'done' || state === 'skipped').length
  const total = live?.total_bytes ?? 0
  const part = live === null || total <= 0 ? 0 : Math.min(1, Math.max(0, live.done_bytes / total))
  return Math.min(99, Math.floor(((done + part) / Math.max(1, forward.length)) * 100))
}
