import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../examples/demo/free-port.ts'
import { belayProgram, type Lab, openLab } from './lab.ts'
import type { Section } from './section.ts'
import { median, summary } from './stats.ts'

const size = { files: 2_000, bytes: 100_000_000 }
const pairs = 5
const load = { seconds: 30, perSecond: 1000, pages: 50 }
const megabyte = 1_000_000
const idleMbMax = 90
/**
 * Each round removes a tree and writes it again, and an ext4 that has no journal looks at every file that was removed in the
 * last minutes for each that is made: a round would take longer than the one before it.
 */
const memory = '/dev/shm'
/** A line of 200 Mbit/s. */
const bytesPerSecond = 25_000_000
/** Longer than the agent waits until it gives memory back. */
const quietMs = 40_000
const lookEveryMs = 100

interface Door {
  readonly process: ChildProcess
  readonly url: string
  readonly token: string
}

interface LoadResult {
  readonly asked: number
  readonly answered: number
  readonly failed: number
  readonly slowestMs: number
}

/** What the agent costs while nothing happens, and what those who look at it cost an update. */
export async function agentPart(): Promise<Section> {
  await using lab = await openLab({ base: memory, bytesPerSecond })
  for (const version of ['1.0.0', '1.1.0']) await lab.publish(version, size, 1)
  const door = await openAgent(lab)
  try {
    await pause(quietMs)
    const idle = await residentMb(door)
    await run(door, 'update', { to: '1.0.0' })
    const [alone, watched]: [number[], number[]] = [[], []]
    const loads: LoadResult[] = []
    for (let pair = 0; pair < pairs; pair++) {
      const underLoad = async () => {
        const reading = await startLoad(door)
        watched.push(await updated(lab, door))
        loads.push(await reading())
      }
      const byItself = async () => void alone.push(await updated(lab, door))
      for (const go of pair % 2 === 0 ? [byItself, underLoad] : [underLoad, byItself]) await go()
    }
    await pause(quietMs)
    return section(idle, await residentMb(door), alone, watched, loads)
  } finally {
    door.process.kill('SIGTERM')
    await once(door.process, 'exit')
  }
}

async function openAgent(lab: Lab): Promise<Door> {
  const port = await freePort()
  const config = join(lab.dir, 'belay.yaml')
  const text = (await readFile(config, 'utf8')).replace(
    'agent: {',
    `agent: { listen: "127.0.0.1:${port}", check: { every: off },`,
  )
  await rm(config)
  await appendFile(config, text)
  const { stdout } = await lab.belay('token', 'create', 'bench', '--scope', 'admin', '--json')
  const { token } = JSON.parse(stdout) as { readonly token: { readonly token: string } }
  const child = spawn(belayProgram, [...lab.globals, 'agent'], { stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('answering at')) break
  }
  child.stdout.resume()
  return { process: child, url: `http://127.0.0.1:${port}`, token: token.token }
}

async function ask(
  door: Door,
  method: string,
  path: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${door.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${door.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}

/** Milliseconds from the run's first record to its last, as the journal has them. */
async function run(door: Door, verb: 'update' | 'rollback', body: object): Promise<number> {
  const { run: id } = await ask(door, 'POST', `components/app/${verb}`, body)
  for (;;) {
    const view = await ask(door, 'GET', `runs/${String(id)}`)
    const { opened, closed, outcome } = view as { opened: string; closed: string | null; outcome: string }
    if (closed !== null) {
      if (outcome !== 'committed') throw new Error(`${verb} ended ${outcome}`)
      return Date.parse(closed) - Date.parse(opened)
    }
    await pause(lookEveryMs)
  }
}

/** From 1.0.0 to 1.1.0, and back to where it began. */
async function updated(lab: Lab, door: Door): Promise<number> {
  const ms = await run(door, 'update', { to: '1.1.0', now: true })
  await run(door, 'rollback', {})
  await rm(join(lab.dir, 'belay', 'releases', '1.1.0'), { recursive: true })
  return ms
}

/** Gives what waits for its end. */
async function startLoad({ url, token }: Door): Promise<() => Promise<LoadResult>> {
  const args = [url, token, load.seconds, load.perSecond, load.pages].map(String)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  // Until they all are connected.
  await pause(2000)
  return async () => {
    const { value } = await lines.next()
    return JSON.parse(String(value)) as LoadResult
  }
}

async function residentMb({ process: { pid } }: Door): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / megabyte
}

const inSeconds = (ms: number) => (ms / 1000).toFixed(2)

function section(
  idle: number,
  after: number,
  alone: readonly number[],
  watched: readonly number[],
  loads: readonly LoadResult[],
): Section {
  const answered = median(loads.map((one) => one.answered)) / load.seconds
  const failed = loads.reduce((sum, one) => sum + one.failed, 0)
  const slowest = Math.max(...loads.map((one) => one.slowestMs))
  return {
    part: 'agent',
    title: 'The agent, idle and watched',
    about: `Resident memory of \`belay agent\` with one component, API and page, ${quietMs / 1000} s after its start. Then, on a file system in memory and over a line of ${(bytesPerSecond * 8) / 1_000_000} Mbit/s, an update of ${size.files.toLocaleString('en')} files and ${size.bytes / megabyte} MB by the API alone, and the same while ${load.pages} pages are open and the overview is read ${load.perSecond} times a second for ${load.seconds} s; ${pairs} pairs in turn.`,
    goals: [
      { what: 'idle', ours: `${Math.round(idle)} MB`, theirs: '', value: idle, most: idleMbMax, unit: 'MB' },
      {
        what: 'an update that is watched',
        ours: summary(watched, 's', inSeconds),
        theirs: summary(alone, 's', inSeconds),
        value: median(watched) / median(alone),
        most: 1.1,
        unit: '×',
      },
    ],
    more: [
      `Of ${load.perSecond} reads a second ${Math.round(answered)} were answered, ${failed} failed, and the slowest took ${Math.round(slowest)} ms. ${quietMs / 1000} s after the last run the agent held ${Math.round(after)} MB.`,
    ],
  }
}
