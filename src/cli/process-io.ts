import type { CliIo } from './ports.ts'

/** The terminal of this process. */
export function processIo(): CliIo {
  // A reader that went away (`belay history | head -1`) is no fault; Node would end the process with a trace.
  for (const out of [process.stdout, process.stderr]) {
    out.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    canAsk: process.stdin.isTTY === true,
    ask,
    onInterrupt,
  }
}

async function ask(question: string, signal: AbortSignal): Promise<string | null> {
  const { createInterface } = await import('node:readline')
  // `terminal: false` leaves line editing to the terminal driver, so that Ctrl-C stays a signal of this process.
  const reader = createInterface({ input: process.stdin, terminal: false })
  try {
    process.stdout.write(question)
    return await new Promise<string | null>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      reader.once('line', resolve)
      reader.once('close', () => resolve(null))
    })
  } finally {
    reader.close()
  }
}

/** A hang-up is a request to stop too: a run that loses its terminal is undone, not orphaned. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function onInterrupt(listener: () => void): () => void {
  for (const signal of stopSignals) process.on(signal, listener)
  return () => {
    for (const signal of stopSignals) process.off(signal, listener)
  }
}
