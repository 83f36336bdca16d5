import type { ComponentName } from '../core/model/names.ts'
import { type Problem, problemOf } from '../core/model/problem.ts'
import { mainTarget, type RunAction } from '../core/plan/plan.ts'
import type { Engine, Planned, RunReport } from '../ports/engine.ts'
import { canConfirm, confirm } from './confirm.ts'
import { answer, type Context } from './context.ts'
import { type ExitCode, exitOfProblem, exitOfRun, worst } from './exit-code.ts'
import { type Ended, interruptible } from './interrupts.ts'
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

type Finished = Ended<RunReport> | { readonly t: 'declined' }

/** One run: asked about where a person can be, shown while it goes on, closed by its sentences. */
async function perform(context: Context, engine: Engine, task: RunTask): Promise<Finished> {
  const { lines, reader } = context.talk
  let agreed: string | null = null
  if (task.preview !== null && canConfirm(context)) {
    const planned = await task.preview()
    if ('current' in planned) {
      lines.print(outcomeLines(planned.current, reader()))
      return { t: 'done', value: planned.current }
    }
    const { look, now } = reader()
    lines.print(planLines(planned.plan, look, { now, run: null }))
    if (!(await confirm(context, question(planned.plan, look)))) {
      lines.print(['Nothing was changed.'])
      return { t: 'declined' }
    }
    agreed = mainTarget(planned.plan).to
  }
  const ended = await watched(engine, context.talk, () =>
    interruptible(context, (signal) => task.start(signal, agreed)),
  )
  if (ended.t === 'done') lines.print(outcomeLines(ended.value, reader()))
  return ended
}

/** A command that is one run of one component. */
export async function singleRun(context: Context, engine: Engine, task: RunTask): Promise<ExitCode> {
  const finished = await perform(context, engine, task)
  switch (finished.t) {
    case 'left':
      return 4
    case 'declined':
      return 1
    case 'done':
      if (context.json) answer(context, finished.value, () => [])
      return exitOfRun(finished.value)
  }
}

/** One at a time; one that fails does not keep the next from its turn, a request to stop does. */
export async function severalRuns(context: Context, engine: Engine, tasks: readonly RunTask[]): Promise<ExitCode> {
  const reports: RunReport[] = []
  const codes: ExitCode[] = []
  for (const task of tasks) {
    const finished = await perform(context, engine, guarded(task)).catch((error: unknown) =>
      previewFailed(context, task, error),
    )
    if (finished.t === 'left') return 4
    codes.push(finished.t === 'declined' ? 1 : exitOfRun(finished.value))
    if (finished.t === 'done') reports.push(finished.value)
    if (finished.t === 'done' && finished.value.problem?.code === 'E_CANCELLED') break
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

function previewFailed(context: Context, task: RunTask, error: unknown): Finished {
  const value = unopened(task.component, task.action, problemOf(error))
  context.talk.lines.print(outcomeLines(value, context.talk.reader()))
  return { t: 'done', value }
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
