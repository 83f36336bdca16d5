import { problemOf } from '../../core/model/problem.ts'
import { readVersionText } from '../../core/version/file.ts'
import { run } from '../../host/process/run.ts'
import type { Probe } from '../../ports/probe.ts'
import { type CommandProbeConfig, commandProbeSchema } from './schema.ts'

const timeoutMs = 20_000
const outputBytesMax = 16 * 1024

/** The version in what a program says: all of it, or the first token with a dot between digits (`Python 3.11.2`). */
export async function versionSaid(output: string): Promise<string | null> {
  const token = /(?<![\w.])v?\d+(?:\.\d+)+[0-9A-Za-z.+-]*/.exec(output)?.[0]
  const whole = await readVersionText(output)
  return whole ?? (token === undefined ? null : readVersionText(token.replace(/[.+-]+$/, '')))
}

/** A program that is not there, fails or hangs tells nothing: before the first installation none is there. */
const silent: ReadonlySet<string> = new Set(['E_COMMAND_NOT_FOUND', 'E_TIMEOUT', 'E_PATH_INVALID'])

/** What a program of the installed tree says of itself. */
export function commandProbe(): Probe<CommandProbeConfig> {
  return {
    kind: 'command',
    config: commandProbeSchema,
    describe: ({ command }) => `command ${command[0]}`,
    live: false,
    read: async ({ command }, { dir, user }, signal) => {
      try {
        const result = await run({ argv: command, cwd: dir, user, timeoutMs, outputBytesMax, signal })
        return result.code === 0 ? await versionSaid(result.stdout) : null
      } catch (error) {
        if (silent.has(problemOf(error).code)) return null
        throw error
      }
    },
  }
}
