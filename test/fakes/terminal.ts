import type { CliIo, CliPorts } from '../../src/cli/ports.ts'
import type { Engine } from '../../src/ports/engine.ts'

export interface FakeTerminal {
  readonly io: CliIo
  /** What was written, as it was written. */
  out(): string
  err(): string
  interrupt(): void
}

/** A terminal of `columns`, or null: a pipe. `answers` are typed one after the other; without them nobody is there. */
export function fakeTerminal(
  options: { columns?: number | null; answers?: readonly string[]; env?: CliIo['env']; now?: number } = {},
): FakeTerminal {
  const { columns = null, answers } = options
  const written = { out: '', err: '' }
  const listeners: (() => void)[] = []
  const typed = [...(answers ?? [])]
  const stream = (name: 'out' | 'err') => ({
    write: (text: string) => (written[name] += text),
    isTTY: columns !== null,
    columns: columns ?? undefined,
  })
  return {
    io: {
      stdout: stream('out'),
      stderr: stream('err'),
      env: { LANG: 'en_US.UTF-8', NO_COLOR: '1', ...options.env },
      cwd: '/site',
      now: () => options.now ?? Date.parse('2026-11-20T12:00:00.000Z'),
      canAsk: answers !== undefined,
      async ask(question) {
        written.out += question
        return typed.shift() ?? null
      },
      async askSecret(question) {
        if (answers !== undefined) written.err += question
        return typed.shift() ?? null
      },
      onInterrupt(listener) {
        listeners.push(listener)
        return () => void listeners.splice(listeners.indexOf(listener), 1)
      },
    },
    out: () => written.out,
    err: () => written.err,
    interrupt() {
      for (const listener of listeners.slice()) listener()
    },
  }
}

/** Everything but what a test hands in is an error to use. */
export function portsWith(engine: Engine | null, more: Partial<CliPorts> = {}): CliPorts {
  const unused = () => Promise.reject(new Error('this port is not part of the test'))
  return {
    version: '0.1.0',
    open: async () => engine ?? unused(),
    loadSettings: unused,
    agent: unused,
    reload: unused,
    access: unused,
    schedules: unused,
    survey: unused,
    detect: unused,
    readText: unused,
    writeText: unused,
    serveReleases: unused,
    channels: unused,
    supportBundle: unused,
    makeBundle: unused,
    manifestTools: unused,
    publisher: unused,
    ...more,
  }
}
