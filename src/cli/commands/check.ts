import { answer, type Context, withEngine } from '../context.ts'
import { type ExitCode, exitOfCheck } from '../exit-code.ts'
import { chosen } from '../names.ts'
import { checkLines } from '../render/check.ts'
import { mentionUnfinished } from '../unfinished.ts'

export interface CheckFlags {
  readonly force?: boolean
  readonly exitCode?: boolean
  readonly listFiles?: boolean
}

export async function check(context: Context, names: readonly string[], flags: CheckFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const { force = false, listFiles = false } = flags
    const reports = await engine.check(chosen(engine, names), { force, files: listFiles })
    answer(context, { components: Object.fromEntries(reports) }, (reader) => checkLines(reports, reader))
    await mentionUnfinished(context, engine)
    return exitOfCheck([...reports.values()], { exitCode: flags.exitCode === true })
  })
}
