import type { ComponentName } from '../../core/model/names.ts'
import type { Engine, Planned } from '../../ports/engine.ts'
import { answer, type Context, withEngine } from '../context.ts'
import { type ExitCode, exitOfProblem, worst } from '../exit-code.ts'
import { chosen } from '../names.ts'
import { outcomeLines } from '../render/outcome.ts'
import { planDocument, planLines } from '../render/plan.ts'
import type { Reader } from '../render/problem.ts'
import { prospectDocument, prospectLines } from '../render/prospects.ts'
import { mentionUnfinished } from '../unfinished.ts'
import { checkNames, isOne, type PlanFlags, updateOptions } from '../update-options.ts'

/**
 * What `update` would do. One name: `{plan, steps}`, or `{plan: null, current}`. Several: `{plans: […]}` of those in the
 * order in which they would run, each with its component and what holds it.
 */
export async function plan(context: Context, names: readonly string[], flags: PlanFlags): Promise<ExitCode> {
  checkNames('plan', names, flags)
  return withEngine<ExitCode>(context, async (engine) => {
    const components = chosen(engine, names)
    const [only] = components
    const code =
      only !== undefined && isOne(components, flags)
        ? await one(context, engine, only, flags)
        : await several(context, engine, components, names, flags)
    await mentionUnfinished(context, engine)
    return code
  })
}

async function one(context: Context, engine: Engine, name: ComponentName, flags: PlanFlags): Promise<ExitCode> {
  const planned = await engine.plan(name, updateOptions(flags))
  const document = 'plan' in planned ? planDocument(planned.plan) : { plan: null, current: planned.current }
  answer(context, document, (reader) => linesOf(planned, reader, flags))
  return 0
}

async function several(
  context: Context,
  engine: Engine,
  components: readonly ComponentName[],
  names: readonly string[],
  flags: PlanFlags,
): Promise<ExitCode> {
  const prospects = await engine.prospects(components, updateOptions(flags))
  const going = prospects.some(({ kind }) => kind === 'plan' || kind === 'unfinished')
  const what = names.length === 0 ? '--all' : components.join(' ')
  answer(context, { plans: prospects.map(prospectDocument) }, (reader) => [
    ...prospectLines(prospects, reader),
    `Nothing was changed.${going ? ` Run it: belay update ${what}${suffix(flags)}` : ''}`,
    ...(going ? ['Each with its steps: belay plan NAME'] : []),
  ])
  return worst(prospects.map((prospect) => (prospect.kind === 'failed' ? exitOfProblem(prospect.problem) : 0)))
}

function linesOf(planned: Planned, reader: Reader, flags: PlanFlags): string[] {
  if ('current' in planned) return outcomeLines(planned.current, reader)
  const name = planned.plan.targets[0]?.component ?? ''
  return planLines(planned.plan, reader.look, { now: reader.now, run: `belay update ${name}${suffix(flags)}` })
}

function suffix(flags: PlanFlags): string {
  const named = [
    flags.to === undefined ? '' : ` --to ${flags.to}`,
    flags.from === undefined ? '' : ` --from ${flags.from}`,
  ]
  return `${named.join('')}${flags.now === true ? ' --now' : ''}`
}
