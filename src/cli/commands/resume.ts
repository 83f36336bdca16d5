import { answer, type Context, withEngine } from '../context.ts'
import { type ExitCode, exitOfResume } from '../exit-code.ts'
import { interruptible } from '../interrupts.ts'
import { outcomeLines } from '../render/outcome.ts'
import { watched } from '../watch-run.ts'

export interface ResumeFlags {
  readonly boot?: boolean
}

/** `{"runs":[RunReport, …],"deferred":boolean}`. */
export async function resume(context: Context, flags: ResumeFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const boot = flags.boot === true
    const resumed = await watched(engine, context.talk, () =>
      interruptible(context, (signal) => engine.resume({ boot, signal })),
    )
    const { runs, deferred } = resumed
    answer(context, resumed, (reader) => [
      ...runs.flatMap((report) => outcomeLines(report, reader)),
      ...(deferred ? ['The rest needs services running. It follows when they do: belay resume'] : []),
      ...(runs.length === 0 && !deferred ? ['Nothing was unfinished.'] : []),
    ])
    return exitOfResume(runs)
  })
}
