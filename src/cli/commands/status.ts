import { answer, type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { chosen, usage } from '../names.ts'
import { statusLines } from '../render/status.ts'

export interface StatusFlags {
  readonly watch?: boolean
}

/** `{"components":[StatusReport, …]}`. */
export async function status(context: Context, name: string | undefined, flags: StatusFlags): Promise<ExitCode> {
  if (flags.watch === true && context.json)
    throw usage('--watch and --json exclude each other.', 'Ask with --json as often as you need.')
  return withEngine<ExitCode>(context, async (engine) => {
    const names = chosen(engine, name === undefined ? [] : [name])
    const detailed = name !== undefined
    if (flags.watch === true) {
      const { watchStatus } = await import('../watch-status.ts')
      return watchStatus(context, engine, names, { detailed })
    }
    const components = await engine.status(names)
    answer(context, { components }, (reader) => statusLines(components, reader, { detailed }))
    return 0
  })
}
