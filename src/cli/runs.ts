import type { ComponentName } from '../core/model/names.ts'
import { type Problem, problemOf } from '../core/model/problem.ts'
import { mainTarget, type RunAction } from '../core/plan/plan.ts'
import type { Engine, Planned, RunReport } from '../ports/engine.ts'
import { canConfirm, confirm } from './confirm.ts'
import { answer, type Context } from './context.ts'
import { type ExitCode, exitOfProblem, exitOfRun, worst } from './exit-code.ts'
import { interruptible } from './interrupts.ts'
import { LeftBehind } from './left-behind.ts'
import { outcomeLines } from './render/outcome.ts'
import { planLines, question } from './render/plan.ts'
import { watched } from './watch-run.ts'

export interface RunTask {
  readonly component: ComponentName
  readonly action: RunAction
  /** Given where a person is asked before anything starts; null where they have said yes already. */
  readonly preview: (() => Promise<Planned>) | null
  /** `agreed`: the version that the person saw and agreed to. */
  readonly start: (signal: AbortSignal, agreed: string | null) => Promise<RunReport>
}

/** One run: asked about where a person can be, shown while it goes on, closed by its sentences. null: they said no. */
async function perform(context: Context, engine: Engine, task: RunTask): Promise<RunReport | null> {
  const { lines, reader } = context.talk
  let agreed: string | null = null
  if (task.preview !== null && canConfirm(context)) {
    const planned = await task.preview()
    if ('current' in planned) {
      lines.print(outcomeLines(planned.current, reader()))
      return planned.current
    }
    const { look, now } = reader()
    lines.print(planLines(planned.plan, look, { now, run: null }))
    if (!(await confirm(context, question(planned.plan, look)))) {
      lines.print(['Nothing was changed.'])
      return null
    }
    agreed = mainTarget(planned.plan).to
  }
  const report = await watched(engine, context.talk, () =>
    interruptible(context, (signal) => task.start(signal, agreed)),
  )
  lines.print(outcomeLines(report, reader()))
  return report
}

/** A command that is one run of one component. */
export async function singleRun(context: Context, engine: Engine, task: RunTask): Promise<ExitCode> {
  const report = await perform(context, engine, task)
  if (report === null) return 1
  if (context.json) answer(context, report, () => [])
  return exitOfRun(report)
}

/** One at a time; one that fails does not keep the next from its turn, a request to stop does. */
export async function severalRuns(context: Context, engine: Engine, tasks: readonly RunTask[]): Promise<ExitCode> {
  const reports: RunReport[] = []
  const codes: ExitCode[] = []
  for (const task of tasks) {
    const report = await perform(context, engine, guarded(task)).catch((error: unknown) =>
      previewFailed(context, task, error),
    )
    codes.push(report === null ? 1 : exitOfRun(report))
    if (report !== null) reports.push(report)
    if (report?.problem?.code === 'E_CANCELLED') break
  }
  if (context.json) answer(context, { runs: reports }, () => [])
  return worst(codes)
}

/** A start that is refused is that component's outcome, not the command's end. */
function guarded(task: RunTask): RunTask {
  return {
    ...task,
    start: (signal, agreed) =>
      task.start(signal, agreed).catch((error: unknown) => unopened(task.component, task.action, problemOf(error))),
  }
}

function previewFailed(context: Context, task: RunTask, error: unknown): RunReport {
  if (error instanceof LeftBehind) throw error
  const value = unopened(task.component, task.action, problemOf(error))
  context.talk.lines.print(outcomeLines(value, context.talk.reader()))
  return value
}

function unopened(component: ComponentName, action: RunAction, problem: Problem): RunReport {
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
