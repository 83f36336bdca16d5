import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, createReadStream, openSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { Expansion } from './expansion.ts'
import { corrupt } from './problems.ts'

const stderrBytesMax = 2048

/**
 * Expands `.xz` by the `xz` program, in a process of its own: twice as fast as the decoder in WebAssembly, which
 * steps in where the program is missing. `compressedBytes` is the whole file: how far xz has read cannot be seen.
 */
export function expandXz(path: string, signal: AbortSignal, program = 'xz'): Expansion {
  const size = statSync(path).size
  return { chunks: xzChunks(path, signal, program), compressedBytes: () => size }
}

async function* xzChunks(path: string, signal: AbortSignal, program: string): AsyncGenerator<Buffer> {
  const child = await startXz(path, signal, program)
  if (child === null) yield* wasmChunks(path)
  else yield* programChunks(child)
}

/** The running program, or null when there is none. The archive is its standard input: no name is ever an argument. */
async function startXz(path: string, signal: AbortSignal, program: string): Promise<ChildProcess | null> {
  const fd = openSync(path, 'r')
  try {
    const child = spawn(program, ['--decompress', '--stdout', '--memlimit-decompress=256MiB'], {
      stdio: [fd, 'pipe', 'pipe'],
      // Nothing of ours: XZ_OPT would change what it does, LC_ALL what it says.
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      signal,
    })
    return await new Promise((resolve, reject) => {
      child.once('spawn', () => resolve(child))
      child.once('error', (error) => ('code' in error && error.code === 'ENOENT' ? resolve(null) : reject(error)))
    })
  } finally {
    closeSync(fd)
  }
}

async function* programChunks(child: ChildProcess): AsyncGenerator<Buffer> {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw corrupt('xz gave no output')
  let said = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, stderrBytesMax)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  // An abort shows as an error of the child; the caller looks at the signal itself.
  child.on('error', () => undefined)
  try {
    for await (const chunk of stdout) yield chunk as Buffer
    const status = await ended
    if (status !== 0) throw corrupt(said.trim().replace(/\s+/g, ' ') || `xz ended with ${status}`)
  } finally {
    child.kill('SIGKILL')
  }
}

async function* wasmChunks(path: string): AsyncGenerator<Buffer> {
  const { XzReadableStream } = await import('xz-decompress')
  const source = createReadStream(path)
  try {
    const expanded = new XzReadableStream(Readable.toWeb(source) as ReadableStream<Uint8Array>)
    for await (const chunk of expanded) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  } finally {
    source.destroy()
  }
}
