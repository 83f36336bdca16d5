import { answer, type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { historyLines } from '../render/history.ts'
import { showLines } from '../render/show.ts'
import { mentionUnfinished } from '../unfinished.ts'

export interface HistoryFlags {
  readonly limit: number
}

/** `{"runs":[HistoryItem, …]}`, newest first. */
export async function history(context: Context, name: string | undefined, flags: HistoryFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const only = name === undefined ? {} : { component: engine.resolve(name) }
    const runs = await engine.history({ ...only, limit: flags.limit })
    answer(context, { runs }, (reader) => historyLines(runs, reader))
    await mentionUnfinished(context, engine)
    return 0
  })
}

/** `{"run":RunDetails}`. */
export async function show(context: Context, run: string): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const details = await engine.show(run)
    answer(context, { run: details }, (reader) => showLines(details, reader))
    return 0
  })
}
