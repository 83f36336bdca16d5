import type { RollbackOptions } from '../../ports/engine.ts'
import { type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { usage } from '../names.ts'
import { singleRun } from '../runs.ts'

export interface RollbackFlags {
  readonly to?: string
  readonly restoreData?: boolean
  readonly keepData?: boolean
  readonly yes?: boolean
}

export async function rollback(context: Context, name: string, flags: RollbackFlags): Promise<ExitCode> {
  if (flags.restoreData === true && flags.keepData === true) {
    throw usage('--restore-data and --keep-data exclude each other.', 'Say one of them.')
  }
  const options = rollbackOptions(flags)
  return withEngine<ExitCode>(context, async (engine) => {
    const component = engine.resolve(name)
    return singleRun(context, engine, {
      preview: flags.yes === true ? null : () => engine.planRollback(component, options),
      start: (signal, agreed) =>
        engine.rollback(component, { ...options, ...(agreed === null ? {} : { to: agreed }), signal }),
    })
  })
}

function rollbackOptions(flags: RollbackFlags): RollbackOptions {
  return {
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(flags.restoreData === true ? { data: 'restore' as const } : {}),
    ...(flags.keepData === true ? { data: 'keep' as const } : {}),
  }
}
