import { readVersionText } from '../../core/version/file.ts'
import { run } from '../../host/process/run.ts'
import type { Probe } from '../../ports/probe.ts'
import { type CommandProbeConfig, commandProbeSchema } from './schema.ts'

const timeoutMs = 30_000

/** What a program of the installation prints: `1.4.2`, or a word like it in `app version 1.4.2 (linux)`. */
export function commandProbe(): Probe<CommandProbeConfig> {
  return {
    kind: 'command',
    config: commandProbeSchema,
    describe: ({ command }) => command.join(' '),
    live: false,
    async read({ command }, { dir, user }, signal) {
      const result = await run({ argv: command, cwd: dir, user, timeoutMs, signal })
      return result.code === 0 ? versionIn(result.stdout) : null
    },
  }
}

/** The first word that begins like a version; a text without one states none. */
export function versionIn(output: string): string | null {
  const word = /(?:^|[\s"'(=/])(v?\d+\.\d[0-9A-Za-z.+-]*)/m.exec(output)?.[1]
  return word === undefined ? null : readVersionText(word.replace(/[.,]$/, ''))
}
