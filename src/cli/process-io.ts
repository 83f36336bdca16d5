import type { CliIo, Out } from './ports.ts'

/** The terminal of this process. */
export function processIo(): CliIo {
  return {
    stdout: outOf(process.stdout),
    stderr: outOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    canAsk: process.stdin.isTTY,
    ask,
    askSecret,
    onInterrupt,
  }
}

/** A reader that went away (`belay history | head -1`) is no fault; Node would end the process with a trace. */
function outOf(stream: NodeJS.WriteStream): Out {
  let reader = true
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    reader = false
  })
  return {
    write: (text) => stream.write(text),
    get isTTY() {
      return stream.isTTY
    },
    get columns() {
      return stream.columns
    },
    get writable() {
      return reader
    },
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

async function askSecret(question: string, signal: AbortSignal): Promise<string | null> {
  if (!process.stdin.isTTY) return ask('', signal)
  const [{ createInterface }, { Writable }] = await Promise.all([import('node:readline'), import('node:stream')])
  // A terminal of its own reads key by key, and what it would show goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  try {
    process.stderr.write(question)
    return await new Promise<string | null>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      reader.once('line', resolve)
      reader.once('close', () => resolve(null))
      // Ctrl-C is a key here, and means what it always does.
      reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    })
  } finally {
    reader.close()
    process.stderr.write('\n')
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
