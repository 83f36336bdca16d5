/** Programs on the host, without a shell. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const outputBytesMax = 64 * 1024 * 1024

/** How a program ended. `code` is 128 + the signal's number when a signal ended it. */
export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a program reads from its standard input. */
export type Content = string | Uint8Array | Readable

export interface RunOptions {
  readonly input?: Content | undefined
  /** After this the program is killed and `code` is 137. */
  readonly timeoutMs?: number | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
}

/** Runs a program to its end. Rejects when it cannot be started or prints more than 64 MiB, never for its exit code. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const [program = '', ...rest] = argv
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 600_000,
    killSignal: 'SIGKILL',
  })
  const ended = once(child, 'close')
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const [, out, err, [code, signal]] = await Promise.all([feed(child.stdin, options.input), stdout, stderr, ended])
  return { code: code ?? 128 + constants.signals[signal as NodeJS.Signals], stdout: out, stderr: err }
}

/** Runs a program that has to succeed; resolves with its standard output, rejects with what it said otherwise. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options)
  if (result.code === 0) return result.stdout
  const said = `${result.stdout}\n${result.stderr}`.trim().slice(-4_000)
  throw new Error(`${argv.join(' ').slice(0, 400)} ended with ${result.code}: ${said}`)
}

async function feed(stdin: NodeJS.WritableStream, input: RunOptions['input']): Promise<void> {
  const source = input instanceof Readable ? input : Readable.from(input === undefined ? [] : [Buffer.from(input)])
  try {
    await pipeline(source, stdin)
  } catch (error) {
    // A program may end before it has read everything; its exit code tells, not the broken pipe.
    if (!isBrokenPipe(error)) throw error
  }
}

function isBrokenPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > outputBytesMax) throw new Error(`a program printed more than ${outputBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Runs `use` on the tar stream of what a folder contains. */
export async function withFolderStream(folder: string, use: (tar: Readable) => Promise<void>): Promise<void> {
  const tar = spawn('tar', ['-C', folder, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [[code]] = await Promise.all([once(tar, 'close'), use(tar.stdout)])
  if (code !== 0) throw new Error(`tar of ${folder} ended with ${code}`)
}
