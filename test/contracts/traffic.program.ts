import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Argv } from '../../src/host/process/launch.ts'

const readyMs = 25_000
/** Its workers would outlive a master that is killed. */
const killMs = 20_000

/** A proxy that runs as long as its test, in the foreground. */
export interface Program {
  readonly pid: number
  stop(): Promise<void>
}

export async function startProgram([file, ...args]: Argv, ready: () => Promise<boolean>): Promise<Program> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-4000)
    })
  }
  await waitUntil(
    () => `${file} is ready; it said: ${said}`,
    async () => isOver(child) || ready(),
  )
  if (isOver(child)) throw new Error(`${file} ended with ${child.exitCode}: ${said}`)
  return {
    pid: child.pid ?? -1,
    async stop() {
      if (isOver(child)) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), killMs)
      await ended
      clearTimeout(late)
    },
  }
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

export async function waitUntil(what: () => string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + readyMs; performance.now() < end; ) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`waited in vain until ${what()}`)
}
