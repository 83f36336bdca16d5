import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Belay, BelayError, openBelay, type Problem, type RunReport } from '../../../../src/main/open.ts'
import { hashTree } from '../../../../src/host/tree/hash.ts'
import { type AppConfig, type Change, type Layout, type WorldConfig, World } from '../../../crash/support/world.ts'

/** 1.0.0 installed and running, whose component was changed; `prepare` and `migrate` are left out unless put back. */
export interface Setup {
  readonly releases: string
  readonly layout?: Layout
  readonly app?: (app: AppConfig, world: World) => AppConfig
  /** Called with the world's folder while that is empty: mounts. */
  readonly made?: (dir: string) => void
}

export async function installed({ releases, layout = 'slots', app, made }: Setup): Promise<World> {
  const world = await World.create(layout, releases, { change: withApp(app), ...(made === undefined ? {} : { made }) })
  try {
    const report = await belay(world, (open) => open.update('app', { to: '1.0.0' }))
    if (report.outcome !== 'committed') throw new Error(`1.0.0 was not installed: ${JSON.stringify(report.problem)}`)
    await world.editPreserved('edited')
    return world
  } catch (error) {
    await world.remove()
    throw error
  }
}

export function withApp(change: Setup['app'] = (app) => app): Change {
  return (config, world): WorldConfig => {
    const { app } = config.components
    const plain = { ...app, strategy: { ...app.strategy, prepare: [], migrate: [] } }
    return { ...config, components: { app: change(plain, world) } }
  }
}

/** The same with other settings of its strategy. */
export function withStrategy(more: (world: World) => Readonly<Record<string, unknown>>): NonNullable<Setup['app']> {
  return (app, world) => ({ ...app, strategy: { ...app.strategy, ...more(world) } })
}

/** The library, as a program uses it: opened, asked, closed. */
export async function belay<T>(world: World, use: (belay: Belay) => Promise<T>): Promise<T> {
  const opened = await openBelay({ config: world.configFile, state: world.state })
  try {
    return await use(opened)
  } finally {
    await opened.close()
  }
}

/** Why an update ended with nothing changed: thrown where no run was opened, else in the report of a failed one. */
export async function refusal(work: Promise<RunReport>): Promise<Problem> {
  try {
    const report = await work
    if (report.outcome !== 'failed' || report.problem === null)
      throw new Error(`it ended ${report.outcome}: ${JSON.stringify(report.problem)}`)
    return report.problem
  } catch (error) {
    if (error instanceof BelayError) return error.problem
    throw error
  }
}

/**
 * Everything that must be as it was: all of the application's folder, its data, what
 * answers, what belay leaves.
 */
export interface Standing {
  readonly srv: string
  readonly data: string
  readonly version: string
  readonly runs: readonly string[]
  readonly backups: readonly string[]
  readonly installed: string | null
  readonly unfinished: string | null
  readonly lock: string | null
}

/** `without`: what of the application's folder may differ, such as `keptAside`. */
export async function standing(world: World, without: readonly string[] = []): Promise<Standing> {
  const [status] = await belay(world, (open) => open.status())
  return {
    srv: await hashTree(join(world.dir, 'srv'), { exclude: without }),
    data: await readFile(join(world.dir, 'data.json'), 'utf8'),
    version: (await world.look()).version,
    runs: await names(join(world.state, 'runs')),
    backups: await names(join(world.dir, 'backups', 'app')),
    installed: status?.installed ?? null,
    unfinished: status?.unfinished?.run ?? null,
    lock: status?.lock?.why ?? null,
  }
}

/** A version that was unpacked before the update failed: kept to be looked at, and named in the report. */
export const keptAside = ['app/releases/.failed~*']

export async function names(dir: string): Promise<readonly string[]> {
  const found: readonly string[] = await readdir(dir).catch(() => [])
  return found.toSorted()
}

export interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The one document on stdout. */
  readonly json: Document
}

export type Document = Partial<RunReport> & { readonly error?: Problem }

const program = resolve(import.meta.dirname, '../../../../bin/belay')

/** Nothing here takes a tenth as long; a test has 300 s. */
const hungMs = 240_000

interface Manner {
  /** Left out: true. */
  readonly json?: boolean
  /** Once it has said the first of these on stderr it gets a Ctrl-C, then for the next one another. */
  readonly stop?: readonly RegExp[]
  /** Words before it, such as `setpriv …`. */
  readonly wrap?: readonly string[]
  readonly state?: string
}

/** The command line, as a person uses it. */
export async function cli(world: World, args: readonly string[], manner: Manner = {}): Promise<Said> {
  const { stop = [], wrap = [], state = world.state, json = true } = manner
  const words = [...wrap, program, '-c', world.configFile, '--state', state, ...args, ...(json ? ['--json'] : [])]
  const child = spawn(words[0] ?? program, words.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: hungMs,
    killSignal: 'SIGKILL',
  })
  let [stdout, stderr] = ['', '']
  const waiting = [...stop]
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    if (waiting[0]?.test(stderr) !== true) return
    waiting.shift()
    child.kill('SIGINT')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (waiting.length > 0) throw new Error(`it never said ${waiting[0]?.source ?? ''}: ${stderr}`)
  return { code, stdout, stderr, json: json && stdout !== '' ? (JSON.parse(stdout) as Document) : {} }
}
