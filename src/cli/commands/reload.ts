import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'

/** `{"reloaded":{"pid","config"}}`. */
export async function reload(context: Context): Promise<ExitCode> {
  const reloaded = await context.ports.reload(context.options)
  answer(context, { reloaded }, ({ look }) => [
    look.text(`The agent (process ${reloaded.pid}) has read ${reloaded.config ?? 'its config'} again.`),
  ])
  return 0
}
