import type { ComponentName } from '../core/model/names.ts'
import { type Problem, problem } from '../core/model/problem.ts'
import type { HoldReason } from '../core/model/release.ts'
import { mainTarget } from '../core/plan/plan.ts'
import type { Engine, Prospect, RunReport, UpdateOptions } from '../ports/engine.ts'
import { canConfirm, confirm } from './confirm.ts'
import { answer, type Context } from './context.ts'
import { type ExitCode, exitOfProblem, exitOfRun, worst } from './exit-code.ts'
import { problemLines } from './render/problem.ts'
import { prospectLines, prospectsQuestion } from './render/prospects.ts'
import { guarded, perform, unopened } from './runs.ts'

export interface SeveralTask {
  readonly names: readonly ComponentName[]
  readonly options: UpdateOptions
  /** A person has agreed already, or is not to be asked. */
  readonly yes: boolean
  /** They were named: then a held one is something that was asked for and not done. */
  readonly named: boolean
}

/** How one of them ended. `held`: why it waits, null when it does not. */
interface Ended {
  readonly report: RunReport
  readonly held: HoldReason | null
  readonly code: ExitCode
}

/**
 * Plans the whole, shows it, asks once, and runs one at a time in the order of what requires what. What requires one that
 * failed is not started: what was agreed to is not so any more. A request to stop ends it all. `{"runs":[…]}`, each with
 * `held`.
 */
export async function updateSeveral(context: Context, engine: Engine, task: SeveralTask): Promise<ExitCode> {
  const prospects = await engine.prospects(task.names, task.options)
  const { lines, reader } = context.talk
  lines.print(prospectLines(prospects, reader()))
  const asks = !task.yes && canConfirm(context) && prospects.some(isToRun)
  if (asks && !(await confirm(context, prospectsQuestion(prospects, reader().look)))) {
    lines.print(['Nothing was changed.'])
    return 1
  }
  const ended: Ended[] = []
  const missed = new Map<string, RunReport>()
  for (const prospect of prospects) {
    const blocker = isToRun(prospect) ? Object.keys(prospect.requires).find((name) => missed.has(name)) : undefined
    const missing = blocker === undefined ? undefined : missed.get(blocker)
    const end =
      missing === undefined
        ? await carryOut(context, engine, prospect, task, asks)
        : notStarted(context, prospect, missing, task)
    ended.push(end)
    if (hasMissed(prospect, end)) missed.set(prospect.component, end.report)
    if (end.report.problem?.code === 'E_CANCELLED') break
  }
  if (context.json) answer(context, { runs: ended.map(({ report, held }) => ({ ...report, held })) }, () => [])
  return worst(ended.map((each) => each.code))
}

function isToRun(prospect: Prospect): boolean {
  return prospect.kind === 'plan' || prospect.kind === 'unfinished'
}

/** Whether what the others were told to expect of it did not come. Of one with a run left behind nothing was expected. */
function hasMissed(prospect: Prospect, { report, held }: Ended): boolean {
  if (!isToRun(prospect) || report.problem === null || report.outcome === 'committed') return false
  return prospect.kind === 'plan' || held === null
}

/** `agreed`: a person saw the versions and said yes to them. */
async function carryOut(
  context: Context,
  engine: Engine,
  prospect: Prospect,
  task: SeveralTask,
  agreed: boolean,
): Promise<Ended> {
  const { component } = prospect
  switch (prospect.kind) {
    case 'current':
      return { report: prospect.current, held: null, code: 0 }
    case 'held': {
      const { from, to, by } = prospect
      return { report: waiting(component, from, to, prospect.problem), held: by, code: heldCode(task) }
    }
    case 'failed': {
      const report = unopened(component, 'update', prospect.problem)
      return { report, held: null, code: exitOfProblem(prospect.problem) === 4 ? 4 : 1 }
    }
    case 'plan':
    case 'unfinished':
      return runIt(context, engine, prospect, task, agreed)
  }
}

async function runIt(
  context: Context,
  engine: Engine,
  prospect: Prospect,
  task: SeveralTask,
  agreed: boolean,
): Promise<Ended> {
  const { component } = prospect
  const to = agreed && prospect.kind === 'plan' ? mainTarget(prospect.plan).to : null
  const options = to === null ? task.options : { ...task.options, to }
  const start = guarded(component, 'update', (signal) => engine.update(component, { ...options, signal }))
  const report = await perform(context, engine, start)
  if (report.run !== null || report.problem?.code !== 'E_HELD') return { report, held: null, code: exitOfRun(report) }
  // Known only now: behind the run that was left behind, or because the window closed meanwhile.
  const [now] = await engine.prospects([component], task.options)
  const held = now?.kind === 'held' ? now.by : null
  return { report: { ...report, outcome: 'current' }, held, code: heldCode(task) }
}

function heldCode({ named }: SeveralTask): ExitCode {
  return named ? 1 : 0
}

/** What it requires was to come in this very command and did not. */
function notStarted(context: Context, prospect: Prospect, missing: RunReport, task: SeveralTask): Ended {
  const { component } = prospect
  const target = prospect.kind === 'plan' ? mainTarget(prospect.plan) : { from: null, to: null }
  const range = prospect.requires[missing.component] ?? '*'
  const why = problem(
    'E_HELD',
    `${component} was not started: it requires ${missing.component} ${range}, ${state(missing)}.`,
    {
      hint: `Mend ${missing.component} first. Where ${component} can do without its new version: belay update ${component}.`,
      retryable: true,
      facts: { by: 'requires', component: missing.component, run: missing.run },
    },
  )
  const report = waiting(component, target.from, target.to, why)
  context.talk.lines.print(problemLines(why, context.talk.reader(), ''))
  const held: HoldReason = { kind: 'requires', component: missing.component, range, found: missing.from }
  return { report, held, code: heldCode(task) }
}

function state({ outcome, from, to }: RunReport): string {
  const version = to === null ? '' : ` to ${to}`
  switch (outcome) {
    case 'rolled-back':
      return from === null ? 'which could not be installed' : `whose update${version} was rolled back`
    case 'stuck':
      return 'which is stuck'
    case 'committed':
    case 'current':
    case 'failed':
      return `whose update${version} did not come about`
  }
}

function waiting(component: ComponentName, from: string | null, to: string | null, why: Problem): RunReport {
  return { ...unopened(component, 'update', why), from, to, outcome: 'current' }
}
