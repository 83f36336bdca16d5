import type { RunResult } from '../process/run.ts'
import { type Argv, ifThere, runCompose } from './launch.ts'
import { candidates } from './program.ts'
import type { ComposeProject } from './project.ts'

const configTimeoutMs = 60_000

/**
 * What the programs that may be there say of a project, the one that its engine's users would call first. `begun`: it runs,
 * or never will.
 */
export type AskedConfig = readonly {
  readonly argv: Argv
  readonly result: Promise<RunResult | null>
  readonly begun: Promise<void>
}[]

/** All at once: those that are not there say so while one in Python is still beginning. null: there is no such program. */
export function askConfig(
  project: ComposeProject,
  signal: AbortSignal,
  programs: readonly Argv[] = candidates(project.engine),
): AskedConfig {
  return programs.map((argv) => {
    const begun = Promise.withResolvers<void>()
    const result = ifThere(
      runCompose({
        program: argv,
        args: ['config'],
        project,
        timeoutMs: configTimeoutMs,
        signal,
        onStart: begun.resolve,
      }),
    )
    // One that is not needed may fail as it likes.
    result.catch(() => {}).finally(begun.resolve)
    return { argv, result, begun: begun.promise }
  })
}
