import { type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { singleRun } from '../runs.ts'

export async function adopt(context: Context, name: string): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const component = engine.resolve(name)
    const start = (signal: AbortSignal) => engine.adopt(component, { signal })
    return singleRun(context, engine, { preview: null, start })
  })
}

export async function forget(context: Context, name: string): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const component = engine.resolve(name)
    const start = (signal: AbortSignal) => engine.forget(component, { signal })
    return singleRun(context, engine, { preview: null, start })
  })
}
