import { resolve } from 'node:path'
import type { ComponentName } from '../../core/model/names.ts'
import type { Engine } from '../../ports/engine.ts'
import { type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { chosen } from '../names.ts'
import { type RunTask, singleRun } from '../runs.ts'
import { updateSeveral } from '../several.ts'
import { checkNames, isOne, type PlanFlags, updateOptions } from '../update-options.ts'
import { plan } from './plan.ts'

export interface UpdateFlags extends PlanFlags {
  readonly dryRun?: boolean
  readonly yes?: boolean
}

export async function update(context: Context, names: readonly string[], typed: UpdateFlags): Promise<ExitCode> {
  // The run may be carried on from another folder.
  const flags = typed.from === undefined ? typed : { ...typed, from: resolve(context.io.cwd, typed.from) }
  checkNames('update', names, flags)
  if (flags.dryRun === true) return plan(context, names, flags)
  return withEngine<ExitCode>(context, async (engine) => {
    const components = chosen(engine, names)
    const [only] = components
    if (only !== undefined && isOne(components, flags)) return singleRun(context, engine, task(engine, only, flags))
    const options = updateOptions(flags)
    return updateSeveral(context, engine, {
      names: components,
      options,
      yes: flags.yes === true,
      named: names.length > 0 && flags.timed !== true,
    })
  })
}

function task(engine: Engine, component: ComponentName, flags: UpdateFlags): RunTask {
  const options = updateOptions(flags)
  return {
    preview: flags.yes === true ? null : () => engine.plan(component, options),
    start: (signal, agreed) =>
      engine.update(component, { ...options, ...(agreed === null ? {} : { to: agreed }), signal }),
  }
}
