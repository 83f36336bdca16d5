import type { RunResult } from '../process/run.ts'
import { type Argv, ifThere, runCompose } from './launch.ts'
import { candidates } from './program.ts'
import type { ComposeProject } from './project.ts'

const configTimeoutMs = 60_000

/** What the programs that may be there say of a project, the one that its engine's users would call first. */
export type AskedConfig = readonly { readonly argv: Argv; readonly result: Promise<RunResult | null> }[]

/** All at once: those that are not there say so while one in Python is still beginning. null: there is no such program. */
export function askConfig(
  project: ComposeProject,
  signal: AbortSignal,
  programs: readonly Argv[] = candidates(project.engine),
): AskedConfig {
  return programs.map((argv) => {
    const result = ifThere(runCompose({ program: argv, args: ['config'], project, timeoutMs: configTimeoutMs, signal }))
    // One that is not needed may fail as it likes.
    result.catch(() => {})
    return { argv, result }
  })
}
