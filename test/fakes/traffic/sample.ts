import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../../examples/demo/free-port.ts'

export type Language = 'node' | 'python'

export const sampleProgram = join(import.meta.dirname, 'server.mjs')

/** Both say the same; docs/guide shows people how. */
const commands: Readonly<Record<Language, readonly [string, string]>> = {
  node: [process.execPath, sampleProgram],
  python: ['/usr/bin/python3', join(import.meta.dirname, 'server.py')],
}

export interface Sample extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly child: ChildProcess
  /** Resolves with the exit code; tells it to end first. */
  end(): Promise<number | null>
}

interface SampleOptions {
  readonly version: string
  readonly language?: Language
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  /** After those of the program, which takes none. */
  readonly words?: readonly string[]
}

/** An instance that answers. Killed at the latest when it is disposed of. */
export async function startSample({
  version,
  language = 'node',
  port,
  env = {},
  words = [],
}: SampleOptions): Promise<Sample> {
  const at = port ?? (await freePort())
  const [program, script] = commands[language]
  const child = spawn(program, [script, ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', PORT: String(at), VERSION: version, ...env },
  })
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${at}`
  await answers(url, child)
  return {
    port: at,
    url,
    child,
    end: async () => {
      child.kill('SIGTERM')
      await exited
      return child.exitCode
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Resolves once something listens there. Throws when `child` has ended before. */
export async function answers(url: string, child?: ChildProcess): Promise<void> {
  while (!(await reached(Number(new URL(url).port)))) {
    if (child !== undefined && (child.exitCode ?? child.signalCode) !== null)
      throw new Error(`${url}: its server ended`)
    await pause(20)
  }
}

async function reached(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
