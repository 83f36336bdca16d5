import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { RunReport } from '../../../src/ports/engine.ts'

export const engineProgram = fileURLToPath(new URL('agent.ts', import.meta.url))

export interface Place {
  readonly dir: string
  readonly configFile: string
  readonly state: string
}

/** `kill`: at the nth append of the journal, before or after it. `wrap`: words before the program, such as `strace …`. */
export interface RunOptions {
  readonly kill?: string
  readonly wrap?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
  readonly reports: readonly RunReport[]
}

/** Engines in processes of their own, and whatever else a test starts beside them: none outlives it. */
export class EngineProcesses {
  readonly #children = new Set<ChildProcess>()

  async run(place: Place, command: string, { kill = 'never', wrap = [], env = {} }: RunOptions = {}): Promise<Ended> {
    const words = [...wrap, process.execPath, engineProgram, place.configFile, place.state, command, kill]
    const { child, output } = this.start(words, place.dir, env)
    // Not at its exit: what it said last may still be on the way.
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    const text = output()
    const reports = text
      .split('\n')
      .flatMap((line) => (line.startsWith('REPORT ') ? [JSON.parse(line.slice(7)) as RunReport] : []))
    return { code, signal, output: text, reports }
  }

  start([program = '', ...args]: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env: { ...process.env, ...env } })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    return { child, output: () => said.join('') }
  }

  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }
}

/** What the service of a test says, asked until it answers. */
export async function answerAt(port: number): Promise<unknown> {
  const deadline = Date.now() + 60_000
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
      return await response.json()
    } catch (error) {
      if (Date.now() > deadline) throw new Error('the service does not answer', { cause: error })
      await setTimeout(20)
    }
  }
}
