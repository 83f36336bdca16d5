import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { problemOf } from '../../core/model/problem.ts'
import { cancelled, commandFailed, commandNotFound } from './failures.ts'
import { type LaunchInput, prepareLaunch } from './launch.ts'
import { LimitedProgram, type Limits } from './limits.ts'
import { Lines, Tail } from './tail.ts'

const outputBytesDefault = 64 * 1024
const lineBytesMax = 2000
/** A program's children may keep its pipes open after it ended; they are not waited for longer than this. */
const drainMs = 500

export interface RunInput extends LaunchInput, Limits {
  /** Written to standard input, which is then closed. */
  readonly input?: string
  /** How much of the end of each stream is kept. */
  readonly outputBytesMax?: number
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** Called when the program was begun. */
  readonly onStart?: () => void
}

/** `stdout` and `stderr` are the ends of what was written. `code` is null when a signal ended it. */
export interface RunResult {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
  readonly ms: number
}

type Ended = Pick<RunResult, 'code' | 'signal'>

function collect(child: ChildProcess, input: RunInput, name: 'stdout' | 'stderr'): Tail {
  const tail = new Tail(input.outputBytesMax ?? outputBytesDefault)
  const lines = new Lines(lineBytesMax, (line) => input.onLine?.(line, name))
  const stream = child[name]
  stream?.on('data', (chunk: Buffer) => {
    tail.push(chunk)
    lines.push(chunk)
  })
  stream?.on('end', () => lines.end())
  stream?.on('error', () => {})
  return tail
}

async function waitForEnd(child: ChildProcess): Promise<Ended> {
  const closed = once(child, 'close')
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  const letGo = (): void => {
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  // A process that stood still reads what the program wrote before it lets go: after a timer come the streams.
  const timer = setTimeout(() => setImmediate(letGo), drainMs)
  await closed
  clearTimeout(timer)
  return { code, signal }
}

/**
 * Runs a program to its end without a shell, in a process group of its own, and gives its result whatever its code.
 * Errors: E_COMMAND_NOT_FOUND, E_TIMEOUT, E_CANCELLED (both after the whole group was ended), E_PATH_INVALID (no such
 * folder), E_NOT_FOUND (no such user), E_PERMISSION.
 */
export async function run(input: RunInput): Promise<RunResult> {
  const launch = await prepareLaunch(input)
  // Only now: an abort while that was looked up finds no listener, and the program would run to its end.
  if (input.signal.aborted) throw cancelled(input.argv[0])
  const begun = performance.now()
  const child = spawn(launch.file, launch.args, { ...launch.options, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const stdout = collect(child, input, 'stdout')
  const stderr = collect(child, input, 'stderr')
  child.stdin.on('error', () => {})
  child.stdin.end(input.input ?? '')
  input.onStart?.()
  using limited = new LimitedProgram(child, input)
  const ended = await waitForEnd(child).catch((error: unknown) => {
    throw problemOf(error).facts['errno'] === 'ENOENT' ? commandNotFound(input.argv[0], input.cwd) : error
  })
  limited.refuseStopped(input.argv[0], `${stdout.text()}\n${stderr.text()}`)
  const ms = Math.round(performance.now() - begun)
  const truncated = stdout.truncated || stderr.truncated
  return { ...ended, stdout: stdout.text(), stderr: stderr.text(), truncated, ms }
}

/** `run`, and E_COMMAND_FAILED with the last lines for any code but 0. */
export async function runOrFail(input: RunInput): Promise<RunResult> {
  const result = await run(input)
  if (result.code !== 0) {
    throw commandFailed(input.argv[0], result.code, result.signal, `${result.stdout}\n${result.stderr}`)
  }
  return result
}
