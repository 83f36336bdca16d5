import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { componentNameSchema, type Spec } from '../../../src/core/model/names.ts'
import { systemClock } from '../../../src/host/clock.ts'
import { hashTree } from '../../../src/host/tree/hash.ts'
import type { Service } from '../../../src/ports/service.ts'
import { processServices } from '../../../src/services/process/index.ts'
import { packApp } from './app.ts'
import { copyTree } from './copy-tree.ts'
import { answerAt, type Ended, EngineProcesses, engineProgram, type RunOptions } from './engine-process.ts'
import { freePort } from '../../../examples/demo/free-port.ts'

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

/** For the start of the service: this machine may stand still for a while. */
const patienceSeconds = 30

/** One host with one application, in a folder of its own. */
export class World {
  readonly dir: string
  readonly port: number
  readonly layout: Layout
  private readonly processes = new EngineProcesses()

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
              { type: 'service_active', stable_seconds: 0, timeout_seconds: patienceSeconds },
              // It is waited for until it answers, and asked once whether it is well: nobody waits for one that never is.
              { type: 'health_endpoint', url, expected_status: [200, 500], timeout_seconds: patienceSeconds },
              { type: 'health_endpoint', url, timeout_seconds: 0 },
              { type: 'version_check' },
            ],
          },
          backups: { path: [join(this.dir, 'backups')] },
        },
      },
    }
  }

  /** Runs the engine in a process of its own. */
  run(command: string, options: RunOptions = {}): Promise<Ended> {
    return this.processes.run(this, command, options)
  }

  /**
   * The same under strace. The service that belay starts is traced too, and outlives it: strace is sent away as soon as
   * the engine's own process has ended, and leaves the service running.
   */
  async traced(command: string, strace: readonly string[]): Promise<string> {
    const run = [process.execPath, engineProgram, this.configFile, this.state, command, 'never']
    // One pool thread makes the count of calls the same from run to run.
    const environment = { UV_THREADPOOL_SIZE: '1' }
    const words = ['strace', '-f', '-I2', '-qq', ...strace, ...run]
    const { child, output } = this.processes.start(words, this.dir, environment)
    const exited = once(child, 'exit')
    await this.engineGone(child.pid ?? 0)
    child.kill('SIGTERM')
    // It may wait for a tracee that never stops; the kernel lets go of them when it is killed.
    await Promise.race([exited, setTimeout(500).then(() => child.kill('SIGKILL'))])
    await exited
    return output()
  }

  /** strace starts other children of its own first, to try what the kernel can do: the engine is told by its words. */
  private async engineGone(strace: number): Promise<void> {
    let engine: string | null = null
    for (;;) {
      const text = await readFile(`/proc/${strace}/task/${strace}/children`, 'utf8').catch(() => null)
      if (text === null) return
      for (const pid of text.split(' ').filter((word) => word !== '')) {
        const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (!words.startsWith('strace') && words.includes(engineProgram)) engine ??= pid
      }
      if (engine !== null && !(await isAlive(engine))) return
      await setTimeout(10)
    }
  }

  /** The tree on disk, and what the service that runs says: asked until it answers. */
  async look(): Promise<Seen> {
    const answer = (await answerAt(this.port)) as Pick<Seen, 'version' | 'schema' | 'rows'>
    const preserved = await readFile(join(this.tree, 'config/user.json'), 'utf8').catch(() => '')
    return { tree: await hashTree(await realpath(this.tree), { exclude: ['config/user.json'] }), preserved, ...answer }
  }

  async editPreserved(text: string): Promise<void> {
    await mkdir(join(this.tree, 'config'), { recursive: true })
    await writeFile(join(this.tree, 'config/user.json'), text)
  }

  /** Sets aside what there is now, for `putBack`. Cheaper than to bring another world to the same point. */
  async keep(): Promise<void> {
    await this.stop()
    await copyTree(this.dir, this.kept)
    await this.start()
  }

  /** Everything as it was at `keep`, under the same paths, its service running. */
  async putBack(): Promise<void> {
    this.processes.kill()
    await this.stop()
    await rm(this.dir, { recursive: true })
    await copyTree(this.kept, this.dir)
    await this.start()
  }

  async remove(): Promise<void> {
    this.processes.kill()
    await this.stop()
    for (const dir of [this.dir, this.kept]) await rm(dir, { recursive: true, force: true })
  }

  private get kept(): string {
    return `${this.dir}.kept`
  }

  private async start(): Promise<void> {
    const { components } = JSON.parse(await readFile(this.configFile, 'utf8')) as WorldConfig
    await this.service(components.app.strategy['service'] as Spec).start(new AbortController().signal)
    await answerAt(this.port)
  }

  /** The service outlives every belay; nobody is left to stop it but us. */
  async stop(): Promise<void> {
    await this.service({ type: 'process', command: ['app'] }).stop(new AbortController().signal)
  }

  private service(spec: Spec): Service {
    const component = componentNameSchema.parse('app')
    const kind = processServices({ stateDir: this.state, clock: systemClock(), settleMs: 0 })
    return kind.open(kind.config.parse(spec), { component, spec, cwd: this.tree, user: null })
  }
}

/** A zombie is dead: its parent, strace, collects it later. */
async function isAlive(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat !== null && !/\) [ZX] /.test(stat)
}
