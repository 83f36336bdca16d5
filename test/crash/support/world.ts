import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { componentNameSchema } from '../../../src/core/model/names.ts'
import { systemClock } from '../../../src/host/clock.ts'
import { hashTree } from '../../../src/host/tree/hash.ts'
import type { RunReport } from '../../../src/ports/engine.ts'
import { processServices } from '../../../src/services/process/index.ts'
import { packApp } from './app.ts'

export type Layout = 'slots' | 'in-place'

/** `belay.json` as far as tests change it. */
export interface WorldConfig {
  readonly version: number
  readonly agent: Settings
  readonly components: { readonly app: AppConfig }
}

type Settings = Readonly<Record<string, unknown>>
export type AppConfig = Settings & { readonly strategy: Settings; readonly checks: Settings }
export type Change = (config: WorldConfig, world: World) => WorldConfig

const same: Change = (config) => config

const agent = fileURLToPath(new URL('agent.ts', import.meta.url))

export interface Releases {
  readonly url: string
  close(): Promise<void>
}

/**
 * The releases that every world installs from: 1.0.0, 1.0.1 (reads the same data), 1.1.0 (migrates its data),
 * 1.2.0-broken (never healthy). `more` puts others beside them.
 */
export async function publishReleases(more: (dir: string) => Promise<void> = async () => {}): Promise<Releases> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-releases-'))
  await packApp(dir, '1.0.0', 1)
  await packApp(dir, '1.0.1', 1)
  await packApp(dir, '1.1.0', 2)
  await packApp(dir, '1.2.0-broken', 2)
  await more(dir)
  const server = await serveReleases({ dir, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  return {
    url: server.url,
    close: async () => {
      await server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** What must be either all old or all new. */
export interface Seen {
  readonly tree: string
  readonly version: string
  readonly schema: number
  readonly rows: readonly string[]
  readonly preserved: string
}

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
  readonly reports: readonly RunReport[]
}

/** One host with one application, in a folder of its own. */
export class World {
  readonly dir: string
  readonly port: number
  readonly layout: Layout
  private readonly children = new Set<ChildProcess>()

  private constructor(dir: string, port: number, layout: Layout) {
    this.dir = dir
    this.port = port
    this.layout = layout
  }

  /** `change`: what of the config is to be another than usual; `made`: called with its folder while that is empty. */
  static async create(
    layout: Layout,
    releases: string,
    { change = same, made }: { readonly change?: Change; readonly made?: (dir: string) => void } = {},
  ): Promise<World> {
    // The kernel resolves links in what it tells of processes and mounts: so do we, from the start.
    const dir = await realpath(await mkdtemp(join(tmpdir(), `belay-${layout}-`)))
    const world = new World(dir, await freePort(), layout)
    made?.(dir)
    await mkdir(join(dir, 'srv'), { recursive: true })
    await writeFile(join(dir, 'data.json'), JSON.stringify({ schema: 1, rows: ['first'] }))
    await world.configure(releases, change)
    return world
  }

  /** Its config anew, as its owner might edit it between two runs. */
  async configure(releases: string, change: Change = same): Promise<void> {
    await writeFile(this.configFile, JSON.stringify(change(this.config(releases), this)))
  }

  get configFile(): string {
    return join(this.dir, 'belay.json')
  }

  get state(): string {
    return join(this.dir, 'state')
  }

  get app(): string {
    return join(this.dir, 'srv', 'app')
  }

  get tree(): string {
    return this.layout === 'slots' ? join(this.app, 'current') : this.app
  }

  private config(releases: string): WorldConfig {
    const url = `http://127.0.0.1:${this.port}/`
    return {
      version: 1,
      agent: { allow_http: ['127.0.0.1'] },
      components: {
        app: {
          source: { type: 'http', url: `${releases}/feed.json`, asset: 'app-{version}.tar.gz', prereleases: true },
          strategy: {
            type: 'directory',
            path: this.app,
            layout: this.layout,
            preserve: ['config/user.json'],
            prepare: [[process.execPath, '-e', "require('node:fs').writeFileSync('prepared', 'yes')"]],
            migrate: [[process.execPath, 'migrate.mjs', join(this.dir, 'data.json')]],
            service: {
              type: 'process',
              command: [process.execPath, 'server.mjs'],
              env: { APP_PORT: String(this.port), APP_DATA: join(this.dir, 'data.json') },
              stop_timeout: '2s',
            },
          },
          version: { file: 'VERSION' },
          data: [{ type: 'path', path: join(this.dir, 'data.json') }],
          checks: {
            before: [{ type: 'permissions' }],
            after: [
              { type: 'service_active', stable_seconds: 0, timeout_seconds: 2 },
              { type: 'health_endpoint', url, timeout_seconds: 2 },
              { type: 'version_check' },
            ],
          },
          backups: { path: [join(this.dir, 'backups')] },
        },
      },
    }
  }

  /** Runs the engine in a process of its own. `kill`: at the nth append of the journal, before or after it. */
  async run(
    command: string,
    options: { readonly kill?: string; readonly wrap?: readonly string[]; readonly env?: Record<string, string> } = {},
  ): Promise<Ended> {
    const [program, ...args] = [...(options.wrap ?? []), process.execPath]
    const child = spawn(program, [...args, agent, this.configFile, this.state, command, options.kill ?? 'never'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.dir,
      env: { ...process.env, ...options.env },
    })
    this.children.add(child)
    const output: string[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    this.children.delete(child)
    const text = output.join('')
    const reports = text
      .split('\n')
      .flatMap((line) => (line.startsWith('REPORT ') ? [JSON.parse(line.slice(7)) as RunReport] : []))
    return { code, signal, output: text, reports }
  }

  /**
   * The same under strace. The service that belay starts is traced too, and outlives it: strace is sent away as soon as
   * the engine's own process has ended, and leaves the service running.
   */
  async traced(command: string, strace: readonly string[]): Promise<string> {
    const args = ['-f', '-I2', '-qq', ...strace, process.execPath, agent, this.configFile, this.state, command, 'never']
    // One pool thread makes the count of calls the same from run to run.
    const child = spawn('strace', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.dir,
      env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    })
    this.children.add(child)
    const output: string[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    const exited = once(child, 'exit')
    await this.engineGone(child.pid ?? 0)
    child.kill('SIGTERM')
    // It may wait for a tracee that never stops; the kernel lets go of them when it is killed.
    await Promise.race([exited, setTimeout(500).then(() => child.kill('SIGKILL'))])
    await exited
    this.children.delete(child)
    return output.join('')
  }

  /** strace starts other children of its own first, to try what the kernel can do: the engine is told by its words. */
  private async engineGone(strace: number): Promise<void> {
    let engine: string | null = null
    for (;;) {
      const text = await readFile(`/proc/${strace}/task/${strace}/children`, 'utf8').catch(() => null)
      if (text === null) return
      for (const pid of text.split(' ').filter((word) => word !== '')) {
        const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (!words.startsWith('strace') && words.includes(agent)) engine ??= pid
      }
      if (engine !== null && !(await isAlive(engine))) return
      await setTimeout(10)
    }
  }

  /** The tree on disk, and what the service that runs says: asked until it answers. */
  async look(): Promise<Seen> {
    const answer = await this.ask()
    const preserved = await readFile(join(this.tree, 'config/user.json'), 'utf8').catch(() => '')
    return { tree: await hashTree(await realpath(this.tree), { exclude: ['config/user.json'] }), preserved, ...answer }
  }

  private async ask(): Promise<{ version: string; schema: number; rows: readonly string[] }> {
    const deadline = Date.now() + 10_000
    for (;;) {
      try {
        const response = await fetch(`http://127.0.0.1:${this.port}/`, { headers: { connection: 'close' } })
        return (await response.json()) as { version: string; schema: number; rows: readonly string[] }
      } catch (error) {
        if (Date.now() > deadline) throw new Error('the service does not answer', { cause: error })
        await setTimeout(20)
      }
    }
  }

  async editPreserved(text: string): Promise<void> {
    await mkdir(join(this.tree, 'config'), { recursive: true })
    await writeFile(join(this.tree, 'config/user.json'), text)
  }

  async remove(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL')
    await this.stop()
    await rm(this.dir, { recursive: true, force: true })
  }

  /** The service outlives every belay; nobody is left to stop it but us. */
  async stop(): Promise<void> {
    const component = componentNameSchema.parse('app')
    const spec = { type: 'process', command: ['app'] } as const
    const kind = processServices({ stateDir: this.state, clock: systemClock() })
    const service = kind.open(kind.config.parse(spec), { component, spec, cwd: '/', user: null })
    await service.stop(new AbortController().signal)
  }
}

/** A zombie is dead: its parent, strace, collects it later. */
async function isAlive(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat !== null && !/\) [ZX] /.test(stat)
}

/** Below the ports that the kernel lends to clients: one of those could take it while the service is stopped. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + randomInt(20_000)
    const server = createServer().listen(port, '127.0.0.1')
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false)
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
