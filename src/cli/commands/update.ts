import type { ComponentName } from '../../core/model/names.ts'
import type { Engine } from '../../ports/engine.ts'
import { type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { chosen, usage } from '../names.ts'
import { type RunTask, severalRuns, singleRun } from '../runs.ts'
import { type PlanFlags, updateOptions } from '../update-options.ts'
import { plan } from './plan.ts'

export interface UpdateFlags extends PlanFlags {
  readonly dryRun?: boolean
  readonly yes?: boolean
}

export async function update(context: Context, names: readonly string[], flags: UpdateFlags): Promise<ExitCode> {
  checkUsage(names, flags)
  if (flags.dryRun === true) return plan(context, names, flags)
  return withEngine<ExitCode>(context, async (engine) => {
    const tasks = chosen(engine, names).map((name) => task(engine, name, flags))
    const [only] = tasks
    // The shape of the answer follows what was typed, not what the config happens to hold.
    if (only !== undefined && tasks.length === 1 && flags.all !== true) return singleRun(context, engine, only)
    return severalRuns(context, engine, tasks)
  })
}

function task(engine: Engine, component: ComponentName, flags: UpdateFlags): RunTask {
  const options = updateOptions(flags)
  return {
    component,
    action: 'update',
    preview: flags.yes === true ? null : () => engine.plan(component, options),
    start: (signal, agreed) =>
      engine.update(component, { ...options, ...(agreed === null ? {} : { to: agreed }), signal }),
  }
}

function checkUsage(names: readonly string[], flags: UpdateFlags): void {
  if (names.length === 0 && flags.all !== true) {
    throw usage('update was not told what to update.', 'Name components, or all of them: belay update --all')
  }
  if (names.length > 0 && flags.all === true)
    throw usage('--all and names exclude each other.', 'Leave one of them out.')
  if (flags.to !== undefined && (flags.all === true || names.length > 1)) {
    throw usage('--to is for one component.', 'Update them one by one.')
  }
}
