import { run, type RunResult } from '../process/run.ts'

const outputBytesMax = 1024 * 1024

/** Runs a program that only looks; its code says nothing of a failure here. Errors: as `run`. */
export async function ask(
  argv: readonly [string, ...string[]],
  options: {
    readonly timeoutMs: number
    readonly signal: AbortSignal
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
  },
): Promise<RunResult> {
  const { cwd = '/', env = {}, timeoutMs, signal } = options
  return run({ argv, cwd, env: { LC_ALL: 'C', ...env }, timeoutMs, signal, outputBytesMax })
}
