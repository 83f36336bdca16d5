import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../../src/core/model/problem.ts'
import type { Transaction } from '../../../src/host/file-set/transaction.ts'
import type { Fault } from './fs-faults.ts'

const program = fileURLToPath(new URL('transaction.ts', import.meta.url))

export interface Ended {
  readonly signal: string | null
  readonly output: string
  readonly calls: number
  /** What the verb gave. */
  readonly done: unknown
  readonly problem: Problem | null
}

/** One verb of a file transaction in a process of its own. `wrap`: words before it, such as `setpriv …`. */
export async function runTransaction(
  verb: 'apply' | 'observe' | 'undo',
  transaction: Transaction,
  fault: Fault = { how: 'die', at: 0 },
  wrap: readonly string[] = [],
): Promise<Ended> {
  const words = [...wrap, process.execPath, program, verb, JSON.stringify(transaction), JSON.stringify(fault)]
  const [file = '', ...args] = words
  // Beside the set: most of the time of such a process goes by until its code is read.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(dirname(transaction.set), 'compiled') }
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  const output = said.join('')
  const line = (word: string): string | undefined => new RegExp(`^${word} (.*)$`, 'm').exec(output)?.[1]
  const [done, problem] = [line('DONE'), line('PROBLEM')]
  return {
    signal,
    output,
    calls: Number(line('CALLS') ?? 0),
    done: done === undefined ? null : JSON.parse(done),
    problem: problem === undefined ? null : (JSON.parse(problem) as Problem),
  }
}
