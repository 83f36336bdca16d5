import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { LoadMessage, LoadOptions, LoadResult } from './load-result.ts'

export const loadProgram = join(import.meta.dirname, 'load.ts')

/** Whatever becomes of the test, they are gone when it is disposed of. */
export interface Loading extends AsyncDisposable {
  /** Resolves once somebody was answered by that version, or failed in that way. */
  met(what: string): Promise<void>
  /** Each asks once more. */
  stop(): Promise<LoadResult>
  readonly result: Promise<LoadResult>
}

interface Starting extends Partial<LoadOptions> {
  readonly url: string
  /** Where they are, if not on this host: the words that start a program there, with its descriptors. */
  readonly inside?: (argv: readonly string[]) => readonly string[]
}

/** People in a process of their own, so that they are not slowed by whoever measures. Resolves once all of them have begun. */
export async function startLoad({ inside = (argv) => argv, ...options }: Starting): Promise<Loading> {
  const [program = '', ...words] = inside([process.execPath, loadProgram, JSON.stringify(options)])
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const result = resultOf(child)
  const met = new Set<string>()
  const begun = Promise.withResolvers<void>()
  child.on('message', (message: LoadMessage) => {
    if ('met' in message) met.add(message.met)
    else begun.resolve()
  })
  await Promise.race([begun.promise, result])
  return {
    result,
    met: async (what) => {
      while (!met.has(what)) await Promise.race([once(child, 'message'), failed(result, what)])
    },
    stop: () => {
      if (child.connected) child.disconnect()
      return result
    },
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      child.kill('SIGKILL')
      await result.catch(() => null)
    },
  }
}

async function resultOf(child: ChildProcess): Promise<LoadResult> {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('it has no output')
  // `close` does not come where the channel was ended on this side.
  const [out, error] = await Promise.all([text(stdout), text(stderr), once(child, 'exit')])
  if (child.exitCode !== 0) throw new Error(`the load ended with ${child.exitCode ?? child.signalCode}: ${error}`)
  return JSON.parse(out) as LoadResult
}

async function failed(result: Promise<LoadResult>, what: string): Promise<never> {
  throw new Error(`it ended, and nobody had met ${what}: ${JSON.stringify(await result)}`)
}
