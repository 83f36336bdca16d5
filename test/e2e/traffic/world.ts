import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { endStrays } from '../../../examples/demo/host.ts'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { type Slot, slots } from '../../../src/core/traffic/slots.ts'
import { type Ended, EngineProcesses, type RunOptions } from '../../crash/support/engine-process.ts'
import { sampleConfig } from '../../fakes/traffic/component.ts'
import { type Proxy, type ProxyKind, startProxy } from '../../fakes/traffic/proxies.ts'
import { sampleProgram } from '../../fakes/traffic/sample.ts'

/** `-ill`: never ready. `-deaf`: ready at its own port, but says at `/` that it is another version. */
const programs: Readonly<Record<string, (program: string) => string>> = {
  ill: (program) => program.replace("'/health' && draining", "'/health'"),
  deaf: (program) =>
    program.replace("response.setHeader('x-version', version)", "response.setHeader('x-version', '0')"),
}

/** One archive of the sample application. */
async function packSample(dir: string, version: string): Promise<void> {
  const own = await readFile(sampleProgram, 'utf8')
  const change = programs[/-([a-z]+)$/.exec(version)?.[1] ?? ''] ?? ((same: string) => same)
  const program = change(own)
  if (program === own && version.includes('-')) throw new Error(`the program no longer says what ${version} changes`)
  const tar = pack()
  tar.entry({ name: 'VERSION' }, version)
  tar.entry({ name: 'server.mjs' }, program)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk)
  await mkdir(join(dir, version), { recursive: true })
  await writeFile(join(dir, version, `app-${version}.tar.gz`), gzipSync(Buffer.concat(chunks)))
}

export type Traffic = Readonly<Record<string, unknown>>
export type Config = ReturnType<typeof sampleConfig>
export type Change = (config: Config) => Config

interface Releases {
  readonly url: string
  close(): Promise<void>
}

/** What is served, by whom, and what runs. */
export interface SlotsSeen {
  readonly version: string | null
  readonly running: readonly Slot[]
  readonly current: string | null
}

/** One host: releases, a real proxy, and the sample application in two slots behind it. */
export class SlotWorld {
  readonly dir: string
  readonly proxy: Proxy
  private readonly releases: Releases
  private readonly processes = new EngineProcesses()

  private constructor(dir: string, proxy: Proxy, releases: Releases) {
    this.dir = dir
    this.proxy = proxy
    this.releases = releases
  }

  static async create(kind: ProxyKind, change: Change): Promise<SlotWorld> {
    const dir = await realpath(await mkdtemp(join(tmpdir(), `belay-slots-${kind}-`)))
    const published = join(dir, 'releases')
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0-ill', '1.3.0-deaf']) await packSample(published, version)
    const server = await serveReleases({
      dir: published,
      host: '127.0.0.1',
      port: 0,
      signal: new AbortController().signal,
    })
    const world = new SlotWorld(dir, await startProxy(kind, join(dir, 'proxy')), server)
    await world.configure(change)
    return world
  }

  async configure(change: Change): Promise<void> {
    const { traffic } = this.proxy
    const config = sampleConfig({ url: this.releases.url, path: this.app, traffic, startupMs: 0 })
    await writeFile(this.configFile, JSON.stringify(change(config)))
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

  run(command: string, options: RunOptions = {}): Promise<Ended> {
    return this.processes.run(this, command, options)
  }

  async publish(version: string): Promise<void> {
    await packSample(join(this.dir, 'releases'), version)
  }

  async seen(): Promise<SlotsSeen> {
    const version = await fetch(`${this.proxy.url}/`, { headers: { connection: 'close' } }).then(
      (response) => response.headers.get('x-version'),
      () => null,
    )
    return {
      version,
      running: await this.running(),
      current: await readlink(join(this.app, 'current')).catch(() => null),
    }
  }

  async running(): Promise<readonly Slot[]> {
    const found: Slot[] = []
    for (const slot of slots) if ((await this.pids(slot)).length > 0) found.push(slot)
    return found
  }

  /** Of the program in that slot, found by the folder that it runs in and by its environment. */
  async pids(slot: Slot): Promise<readonly number[]> {
    const found: number[] = []
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      if (!cwd.startsWith(`${this.app}/`)) continue
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      if (environment.includes(`BELAY_SLOT=${slot}\0`)) found.push(Number(pid))
    }
    return found
  }

  /** All of its processes at once, those that would start it again among them. */
  async endForwarder(): Promise<void> {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      if (environment.includes('BELAY_FORWARD=') && environment.includes(this.state))
        process.kill(Number(pid), 'SIGKILL')
    }
  }

  /** Until nothing but one slot runs. */
  async settled(): Promise<SlotsSeen> {
    for (let tries = 0; tries < 600 && (await this.running()).length > 1; tries++) await pause(50)
    return this.seen()
  }

  /** What has been said of the old version, as if all of its time had passed. */
  async letTimePass(): Promise<void> {
    const file = join(this.state, 'retiring/app.json')
    const record = JSON.parse(await readFile(file, 'utf8')) as object
    await writeFile(file, JSON.stringify({ ...record, retireAt: 0, warmUntil: 0 }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.processes.kill()
    await this.proxy[Symbol.asyncDispose]()
    await endStrays(this.dir)
    await this.releases.close()
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** Nothing is waited for but what will come. */
export function quick(config: Config): Config {
  const drain = { requests: '2s', streams: '2m' }
  const { app } = config.components
  const { traffic } = app.strategy
  Object.assign(app, { checks: { after: [{ type: 'service_active', stable_seconds: 0 }, { type: 'version_check' }] } })
  Object.assign(traffic, { ready: { path: '/health', timeout: '1m' }, verify: { times: 5, timeout: '1m' }, drain })
  return config
}

/** For a version of which that will never come: one that is good would be given up, too, on a machine that stands still. */
export const hopeless =
  (of: 'ready' | 'verify'): Change =>
  (config) => {
    const { traffic } = quick(config).components.app.strategy
    const given = { ready: { path: '/health', timeout: '3s' }, verify: { times: 5, timeout: '3s' } }
    Object.assign(traffic, { [of]: given[of] })
    return config
  }

/** The instance that is not the one that `current` names dies, as a program does that has a fault. */
export async function endSlot(world: SlotWorld, current: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
    if (cwd.startsWith(`${world.app}/releases/`) && cwd !== join(world.app, current))
      process.kill(Number(pid), 'SIGKILL')
  }
}
