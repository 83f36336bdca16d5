import type { ComponentName } from '../core/model/names.ts'
import { type Problem, problemOf } from '../core/model/problem.ts'
import { mainTarget, type RunAction } from '../core/plan/plan.ts'
import type { Engine, Planned, RunReport } from '../ports/engine.ts'
import { canConfirm, confirm } from './confirm.ts'
import { answer, type Context } from './context.ts'
import { type ExitCode, exitOfProblem, exitOfRun } from './exit-code.ts'
import { interruptible } from './interrupts.ts'
import { outcomeLines } from './render/outcome.ts'
import { planLines, question } from './render/plan.ts'
import { untilRetired } from './retiring.ts'
import { watched } from './watch-run.ts'

export interface RunTask {
  /** Given where a person is asked before anything starts; null where they have said yes already. */
  readonly preview: (() => Promise<Planned>) | null
  /** `agreed`: the version that the person saw and agreed to. */
  readonly start: (signal: AbortSignal, agreed: string | null) => Promise<RunReport>
}

/** A command that is one run of one component: asked about where a person can be. */
export async function singleRun(context: Context, engine: Engine, task: RunTask): Promise<ExitCode> {
  const agreed = await agree(context, task)
  if ('refused' in agreed) return 1
  const report =
    'current' in agreed ? agreed.current : await perform(context, engine, (signal) => task.start(signal, agreed.to))
  if (context.json) answer(context, report, () => [])
  return exitOfRun(report)
}

type Agreed = { readonly to: string | null } | { readonly current: RunReport } | { readonly refused: true }

async function agree(context: Context, { preview }: RunTask): Promise<Agreed> {
  const { lines, reader } = context.talk
  if (preview === null || !canConfirm(context)) return { to: null }
  const planned = await preview()
  if ('current' in planned) {
    lines.print(outcomeLines(planned.current, reader()))
    return planned
  }
  const { look, now } = reader()
  lines.print(planLines(planned.plan, look, { now, run: null }))
  if (await confirm(context, question(planned.plan, look))) return { to: mainTarget(planned.plan).to }
  lines.print(['Nothing was changed.'])
  return { refused: true }
}

export type Start = (signal: AbortSignal) => Promise<RunReport>

/** One run: shown while it goes on, closed by its sentences. */
export async function perform(context: Context, engine: Engine, start: Start): Promise<RunReport> {
  let stopped = false
  const told: Start = (signal) => {
    signal.addEventListener('abort', () => (stopped = true), { once: true })
    return start(signal)
  }
  const report = await watched(engine, context.talk, () => interruptible(context, told))
  context.talk.lines.print(outcomeLines(report, context.talk.reader()))
  // Whoever wants to leave is not kept.
  if (!stopped) await untilRetired(context, engine, report.component)
  return report
}

/** A start that is refused is that component's outcome, not the command's end. */
export function guarded(component: ComponentName, action: RunAction, start: Start): Start {
  return (signal) => start(signal).catch((error: unknown) => unopened(component, action, problemOf(error)))
}

/** The report of a run that was never opened. */
export function unopened(component: ComponentName, action: RunAction, problem: Problem): RunReport {
  return {
    run: null,
    component,
    action,
    from: null,
    to: null,
    outcome: exitOfProblem(problem) === 4 ? 'stuck' : 'failed',
    restart_required: false,
    steps: [],
    downtime_ms: 0,
    bytes_downloaded: 0,
    problem,
    kept: [],
    warnings: [],
  }
}
