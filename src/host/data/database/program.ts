import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { cancelled } from '../../process/failures.ts'
import { type Argv, type Launch, prepareLaunch } from '../../process/launch.ts'
import { LimitedProgram, type Limits, stopGroup } from '../../process/limits.ts'
import { Tail } from '../../process/tail.ts'

const stdoutBytesMax = 16 * 1024 * 1024
const stderrBytesMax = 256 * 1024

export interface ProgramInput extends Limits {
  readonly argv: Argv
  /** Secrets go here: what is an argument, everybody on the machine may read. */
  readonly env: Readonly<Record<string, string>>
  /** A text, the descriptor of an open file, or a stream. */
  readonly stdin?: string | number | Readable
  /** The descriptor of an open file, or a stream; left out: its end is kept as text. */
  readonly stdout?: number | Writable
}

export interface ProgramResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where a database's programs run: on this machine, or in a container. */
export interface ProgramPlace {
  readonly describe: string
  readonly container: string | null
  /** Whatever its code. Errors: E_COMMAND_NOT_FOUND, E_TIMEOUT, E_CANCELLED (its group was ended), E_PERMISSION. */
  run(input: ProgramInput): Promise<ProgramResult>
}

/** Programs of this machine, as a user of it (null: our own). */
export function onThisMachine(user: string | null): ProgramPlace {
  return {
    describe: 'this machine',
    container: null,
    run: async (input) => {
      const launch = await prepareLaunch({ argv: input.argv, cwd: '/', env: input.env, user })
      return runLaunched(launch, input)
    },
  }
}

/**
 * Runs a program whose bytes never pass through memory as a whole: files are handed over as descriptors, streams with
 * back pressure.
 */
export async function runLaunched(launch: Launch, input: ProgramInput): Promise<ProgramResult> {
  if (input.signal.aborted) throw cancelled(input.argv[0])
  const child = spawn(launch.file, launch.args, {
    ...launch.options,
    detached: true,
    stdio: [
      typeof input.stdin === 'number' ? input.stdin : 'pipe',
      typeof input.stdout === 'number' ? input.stdout : 'pipe',
      'pipe',
    ],
  })
  using limited = new LimitedProgram(child, input)
  const result = await ended(child, input, limited)
  limited.refuseStopped(input.argv[0], result.stderr)
  return result
}

async function ended(child: ChildProcess, input: ProgramInput, limited: LimitedProgram): Promise<ProgramResult> {
  const [stdout, stderr] = [new Tail(stdoutBytesMax), new Tail(stderrBytesMax)]
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  // What reads or writes our streams may break because the program ended: its own words say more.
  const flows = [feed(child, input.stdin), drain(child, input.stdout, stdout)].map(
    async (flow): Promise<Error | null> => {
      try {
        await flow
        return null
      } catch (error) {
        if (isBrokenPipe(error)) return null
        stopGroup(child)
        return error instanceof Error ? error : new Error(String(error))
      }
    },
  )
  const [code] = (await once(child, 'close')) as [number | null]
  const broken = (await Promise.all(flows)).find((error) => error !== null) ?? null
  if (broken !== null && !limited.isStopped) throw broken
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

async function feed(child: ChildProcess, stdin: ProgramInput['stdin']): Promise<void> {
  if (child.stdin === null) return
  child.stdin.on('error', () => {})
  if (stdin === undefined || typeof stdin !== 'object') child.stdin.end(stdin ?? '')
  else await pipeline(stdin, child.stdin)
}

async function drain(child: ChildProcess, stdout: ProgramInput['stdout'], tail: Tail): Promise<void> {
  if (child.stdout === null) return
  if (typeof stdout === 'object') await pipeline(child.stdout, stdout)
  else for await (const chunk of child.stdout) tail.push(chunk as Buffer)
}

function isBrokenPipe(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
  )
}
