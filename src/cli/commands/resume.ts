import { type RunId, runIdSchema } from '../../core/model/names.ts'
import { fail } from '../../core/model/problem.ts'
import { answer, type Context, withEngine } from '../context.ts'
import { type ExitCode, exitOfResume } from '../exit-code.ts'
import { interruptible } from '../interrupts.ts'
import { outcomeLines } from '../render/outcome.ts'
import { untilRetired } from '../retiring.ts'
import { watched } from '../watch-run.ts'

export interface ResumeFlags {
  readonly boot?: boolean
  /** A run alone, or all of them. */
  readonly here?: string | true
}

/** `{"runs":[RunReport, …],"deferred":boolean}`. */
export async function resume(context: Context, flags: ResumeFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const boot = flags.boot === true
    const here = typeof flags.here === 'string' ? runOf(flags.here) : flags.here === true ? ('all' as const) : null
    const resumed = await watched(engine, context.talk, () =>
      interruptible(context, (signal) => engine.resume({ boot, here, signal })),
    )
    const { runs, deferred } = resumed
    if (!boot) for (const { component } of engine.retiring()) await untilRetired(context, engine, component)
    answer(context, resumed, (reader) => [
      ...runs.flatMap((report) => outcomeLines(report, reader)),
      ...(deferred ? ['The rest needs services running. It follows when they do: belay resume'] : []),
      ...(runs.length === 0 && !deferred ? ['Nothing was unfinished.'] : []),
    ])
    return exitOfResume(runs)
  })
}

function runOf(text: string): RunId {
  const run = runIdSchema.safeParse(text)
  if (run.success) return run.data
  throw fail('E_USAGE', `${text} is no run.`, { hint: 'See which there are: belay history.' })
}
