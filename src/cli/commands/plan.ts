import type { ComponentName } from '../../core/model/names.ts'
import { problemOf } from '../../core/model/problem.ts'
import type { Engine, Planned } from '../../ports/engine.ts'
import { answer, type Context, withEngine } from '../context.ts'
import { type ExitCode, exitOfProblem, worst } from '../exit-code.ts'
import { chosen } from '../names.ts'
import { outcomeLines } from '../render/outcome.ts'
import { planDocument, planLines } from '../render/plan.ts'
import { errorDocument, problemLines, type Reader } from '../render/problem.ts'
import { mentionUnfinished } from '../unfinished.ts'
import { type PlanFlags, updateOptions } from '../update-options.ts'

interface Result {
  readonly code: ExitCode
  readonly document: object
  readonly lines: (reader: Reader) => readonly string[]
}

/** What `update` would do. One name: `{plan, steps}`, or `{plan: null, current}`; several: `{plans: […]}` of those. */
export async function plan(context: Context, names: readonly string[], flags: PlanFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const components = chosen(engine, names)
    const [only] = components
    const code =
      only !== undefined && components.length === 1 && flags.all !== true
        ? await one(context, engine, only, flags)
        : await several(context, engine, components, flags)
    await mentionUnfinished(context, engine)
    return code
  })
}

async function one(context: Context, engine: Engine, name: ComponentName, flags: PlanFlags): Promise<ExitCode> {
  const planned = await engine.plan(name, updateOptions(flags))
  answer(context, documentOf(planned), (reader) => linesOf(planned, reader, flags))
  return 0
}

async function several(
  context: Context,
  engine: Engine,
  names: readonly ComponentName[],
  flags: PlanFlags,
): Promise<ExitCode> {
  const results: Result[] = []
  for (const name of names) {
    try {
      const planned = await engine.plan(name, updateOptions(flags))
      const lines = (reader: Reader) => linesOf(planned, reader, flags)
      results.push({ code: 0, document: { component: name, ...documentOf(planned) }, lines })
    } catch (error) {
      const problem = problemOf(error)
      const lines = (reader: Reader) => problemLines(problem, reader, `${name}: `)
      results.push({
        code: exitOfProblem(problem),
        document: { component: name, plan: null, ...errorDocument(problem) },
        lines,
      })
    }
  }
  answer(context, { plans: results.map((each) => each.document) }, (reader) =>
    results.flatMap((each) => [...each.lines(reader), '']),
  )
  return worst(results.map((each) => each.code))
}

function documentOf(planned: Planned) {
  return 'plan' in planned ? planDocument(planned.plan) : { plan: null, current: planned.current }
}

function linesOf(planned: Planned, reader: Reader, flags: PlanFlags): string[] {
  if ('current' in planned) return outcomeLines(planned.current, reader)
  const name = planned.plan.targets[0]?.component ?? ''
  const run = `belay update ${name}${flags.to === undefined ? '' : ` --to ${flags.to}`}${flags.now === true ? ' --now' : ''}`
  return planLines(planned.plan, reader.look, { now: reader.now, run })
}
