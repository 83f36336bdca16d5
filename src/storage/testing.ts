import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Clock } from '../ports/clock.ts'

/** Helpers for tests. Not part of the product. */

/** A clock that stands still until it is moved. */
export function stoppedClock(startMs = 1_795_000_000_000): Clock & { move(ms: number): void } {
  let at = startMs
  return {
    now: () => at,
    sleep: async () => {},
    bootId: () => 'boot-1',
    randomHex: (bytes) => '0'.repeat(bytes * 2),
    move(ms) {
      at += ms
    },
  }
}

export interface Child {
  /** The next line that it prints. */
  line(): Promise<string>
  /** SIGKILL, and resolves when it is gone. */
  kill(): Promise<void>
  readonly ended: Promise<number | null>
}

/** A process of its own that runs this code; `at('x.ts')` in it is the address of a module beside this one. */
export function childProcess(code: string): Child {
  const here = `const at = (name) => new URL(name, ${JSON.stringify(pathToFileURL(import.meta.filename).href)}).href\n`
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', here + code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(([status]) => status as number | null)
  if (child.stdout === null) throw new Error('a pipe was asked for')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async line() {
      const { done, value } = await lines.next()
      if (done === true) throw new Error('the child ended early')
      return value
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    ended,
  }
}
