import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { World } from '../../../crash/support/world.ts'

const program = resolve(import.meta.dirname, '../../../../bin/belay')
const hungMs = 120_000

/** The real program as a daemon: its lines, and how it ended. */
export class Agent {
  private readonly child: ChildProcess
  private text = ''
  private over = false
  readonly ended: Promise<number | null>

  constructor(world: Pick<World, 'configFile' | 'state'>, more: readonly string[] = []) {
    this.child = spawn(program, ['-c', world.configFile, '--state', world.state, ...more, 'agent'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk))
    }
    // Not its exit: what it said last may still be on its way then.
    this.ended = once(this.child, 'close').then(([code]) => {
      this.over = true
      return code as number | null
    })
  }

  get said(): string {
    return this.text
  }

  /** Waits until it has said so. */
  async says(what: RegExp): Promise<string> {
    const deadline = Date.now() + hungMs
    for (;;) {
      const found = what.exec(this.text)
      if (found !== null) return found[0]
      if (this.over || Date.now() > deadline) throw new Error(`it never said ${what.source}: ${this.text}`)
      await setTimeout(20)
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM')
    return this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }
}

/** Asked until it is so. */
export async function until(what: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + hungMs
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it never came to be so')
    await setTimeout(50)
  }
}

export async function servicePid(world: World): Promise<number> {
  const record = await readFile(join(world.state, 'services/app/process.json'), 'utf8')
  return (JSON.parse(record) as { pid: number }).pid
}
