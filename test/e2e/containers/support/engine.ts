/** The real engine in a process of its own among the containers, which ends or waits where a test says. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { RunReport } from '../../../../src/ports/engine.ts'
import type { Result } from '../../bed/command.ts'
import { signalInside } from '../../bed/namespaces.ts'
import { pinnedNode } from '../../bed/requirements.ts'
import type { Site } from './site.ts'

const agent = fileURLToPath(new URL('agent.ts', import.meta.url))
const hungMs = 280_000

/** `kill`: `before:7` or `after:7`, at an append of the journal. */
export function runEngine(site: Site, command: string, kill = 'never'): Promise<Result> {
  return site.project.run(words(site, command, kill), { timeoutMs: hungMs })
}

function words(site: Site, command: string, kill: string): readonly string[] {
  return [pinnedNode(), agent, site.configFile, site.state, site.name, command, kill]
}

/** Of what it wrote to its standard output. */
export function reportOf(said: string): RunReport | null {
  const text = /^REPORT (.*)$/m.exec(said)?.[1]
  return text === undefined ? null : (JSON.parse(text) as RunReport)
}

export interface Held {
  /** Lets it do the step; resolves with all that it said when it has ended. */
  goOn(): Promise<string>
  kill(): Promise<void>
}

/** Resolves when it is on disk that a step of that kind is about to be done, and nothing of it is. */
export async function holdBefore(site: Site, command: string, kind: string): Promise<Held> {
  const [program = '', ...argv] = site.project.inside(words(site, command, `hold:${kind}`))
  const child = spawn(program, argv, { stdio: ['pipe', 'pipe', 'pipe'], timeout: hungMs, killSignal: 'SIGKILL' })
  const ended = once(child, 'close')
  let output = ''
  const held = new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString()
      if (output.includes('HELD\n')) resolve()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    void ended.then(() => reject(new Error(`it ended before it came to a step "${kind}": ${output}`)))
  })
  await held
  return {
    goOn: async () => {
      child.stdin.end('go on\n')
      await ended
      return output
    },
    kill: async () => {
      await signalInside(child, 'SIGKILL')
      await ended
    },
  }
}
