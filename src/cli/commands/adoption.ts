import { type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { singleRun } from '../runs.ts'

export interface AdoptionFlags {
  readonly yes?: boolean
}

export async function adopt(context: Context, name: string, flags: AdoptionFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const component = engine.resolve(name)
    const preview = flags.yes === true ? null : () => engine.planAdopt(component, {})
    const start = (signal: AbortSignal) => engine.adopt(component, { signal })
    return singleRun(context, engine, { preview, start })
  })
}

export async function forget(context: Context, name: string, flags: AdoptionFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const component = engine.resolve(name)
    const preview = flags.yes === true ? null : () => engine.planForget(component, {})
    const start = (signal: AbortSignal) => engine.forget(component, { signal })
    return singleRun(context, engine, { preview, start })
  })
}
