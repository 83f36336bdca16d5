import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { endStrays } from './host.ts'

const belayProgram = resolve(import.meta.dirname, '../../bin/belay')
const endsWithinMs = 10_000

/** A folder of the demo's own, and the programs that were started for it. */
export interface World {
  readonly dir: string
  /** Runs `belay` with the folder's config, as a person would; its output goes to the terminal. Resolves with its exit code. */
  belay(...args: string[]): Promise<number>
  /** The same with `--json`; resolves with the document. */
  ask(...args: string[]): Promise<unknown>
  /** Starts `belay release serve` on a free port; resolves with its address. */
  serveReleases(folder: string): Promise<string>
  /** Ends what was started, the application too, and removes the folder. */
  [Symbol.asyncDispose](): Promise<void>
}

/** When the signal aborts, a run that is under way is asked to take everything back, as Ctrl-C asks. */
export async function openWorld(signal: AbortSignal): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-demo-'))
  const children = new Set<ChildProcess>()
  const global = ['-c', join(dir, 'belay.yaml'), '--state', join(dir, 'state')]

  const start = (args: readonly string[], stdout: 'inherit' | 'pipe'): ChildProcess => {
    signal.throwIfAborted()
    // In a session of its own, so that Ctrl-C reaches it through the demo alone, once.
    const child = spawn(belayProgram, args, { cwd: dir, stdio: ['ignore', stdout, 'inherit'], detached: true })
    children.add(child)
    const stop = () => child.kill('SIGINT')
    signal.addEventListener('abort', stop, { once: true })
    child.once('exit', () => {
      children.delete(child)
      signal.removeEventListener('abort', stop)
    })
    return child
  }

  return {
    dir,
    belay: async (...args) => {
      const code = await ended(start([...global, ...args], 'inherit'))
      signal.throwIfAborted()
      return code
    },
    ask: async (...args) => {
      const child = start([...global, '--json', ...args], 'pipe')
      const [text] = await Promise.all([textOf(child), ended(child)])
      return JSON.parse(text)
    },
    serveReleases: async (folder) => {
      const child = start(['release', 'serve', folder, '--port', '0', '--json'], 'pipe')
      if (child.stdout === null) throw new Error('it has no output')
      // One document, over several lines; it ends where its brace does.
      let text = ''
      for await (const line of createInterface({ input: child.stdout })) {
        text += line
        if (line.endsWith('}')) return (JSON.parse(text) as { readonly url: string }).url
      }
      throw new Error('belay release serve ended before it served anything')
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...children].map(end))
      await endStrays(dir)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? 128
}

async function textOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) return ''
  const parts: Buffer[] = []
  for await (const part of child.stdout) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

/** Asks it to end, and insists when it does not. */
async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGINT')
  const insist = setTimeout(() => child.kill('SIGKILL'), endsWithinMs)
  await ended(child)
  clearTimeout(insist)
}
