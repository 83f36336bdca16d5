import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { serveReleases } from '../../../../src/cli/release/server.ts'
import { openBelay } from '../../../../src/main/open.ts'
import { packApp } from '../../../crash/support/app.ts'
import { answerAt } from '../../../crash/support/engine-process.ts'
import { freePort } from '../../../../examples/demo/free-port.ts'
import { Agent } from '../../agent/support/agent.ts'
import { illSeconds, upSeconds } from '../../agent/support/patient.ts'

const program = resolve(import.meta.dirname, '../../../../bin/belay')

/** An application on the host: installed in the first of its versions. `…-broken` is never healthy. */
export interface Wish {
  readonly name: string
  readonly versions: readonly string[]
  /** Its new version is not ready before `host.open(name)`. */
  readonly gated?: boolean
  /** Its source is asked only when somebody says so. */
  readonly unasked?: boolean
  readonly notes?: Readonly<Record<string, string>>
}

export const password = 'correct horse battery staple'

/** A host with running applications, their releases on a real server, and an agent that answers at `url`. */
export class Host {
  readonly dir: string
  readonly url: string
  private readonly wishes: readonly Wish[]
  private readonly ports = new Map<string, number>()
  private readonly closing: (() => Promise<void>)[] = []
  private running: Agent | null = null

  private constructor(dir: string, url: string, wishes: readonly Wish[]) {
    this.dir = dir
    this.url = url
    this.wishes = wishes
  }

  /** Its agent runs. No `users`: nobody has set it up. `made`: an empty folder for all of it, removed with it. */
  static async create(
    wishes: readonly Wish[],
    users: Readonly<Record<string, 'read' | 'operate' | 'admin'>> = { anna: 'admin' },
    agent: Readonly<Record<string, unknown>> = {},
    made?: string,
  ): Promise<Host> {
    const dir = made ?? (await realpath(await mkdtemp(join(tmpdir(), 'belay-page-'))))
    const host = new Host(dir, `http://127.0.0.1:${await freePort()}`, wishes)
    try {
      await host.configure(agent)
      await host.install()
      for (const [name, scope] of Object.entries(users)) await host.belay(['user', 'add', name, '--scope', scope])
      await host.start()
      return host
    } catch (error) {
      await host.remove()
      throw error
    }
  }

  get configFile(): string {
    return join(this.dir, 'belay.json')
  }

  get state(): string {
    return join(this.dir, 'state')
  }

  get agent(): Agent {
    if (this.running === null) throw new Error('no agent runs')
    return this.running
  }

  private async configure(agent: Readonly<Record<string, unknown>>): Promise<void> {
    await mkdir(join(this.dir, 'bin'))
    await symlink(process.execPath, this.node)
    const components = await Promise.all(this.wishes.map(async (wish) => [wish.name, await this.component(wish)]))
    const config = {
      version: 1,
      agent: { allow_http: ['127.0.0.1'], listen: this.url.slice('http://'.length), ...agent },
      components: Object.fromEntries(components) as unknown,
    }
    await writeFile(this.configFile, JSON.stringify(config))
  }

  private async component({ name, versions, gated = false, unasked = false, notes = {} }: Wish): Promise<unknown> {
    const [releases, port] = [join(this.dir, 'releases', name), await freePort()]
    this.ports.set(name, port)
    for (const version of versions) {
      await packApp(releases, version, 1)
      const text = notes[version]
      if (text !== undefined) await writeFile(join(releases, version, 'NOTES.md'), text)
    }
    const server = await serveReleases({
      dir: releases,
      host: '127.0.0.1',
      port: 0,
      signal: new AbortController().signal,
    })
    this.closing.push(async () => server.close())
    const data = join(this.dir, 'data', `${name}.json`)
    const wellSeconds = versions.some((version) => version.endsWith('-broken')) ? illSeconds : upSeconds
    await mkdir(join(this.dir, 'data'), { recursive: true })
    await writeFile(data, JSON.stringify({ schema: 1, rows: ['first'] }))
    return {
      source: { type: 'http', url: `${server.url}/feed.json`, asset: 'app-{version}.tar.gz', prereleases: true },
      strategy: {
        type: 'directory',
        path: join(this.dir, name),
        layout: 'slots',
        ...(gated ? { prepare: [[await this.waiting(name, versions[0] ?? '')]] } : {}),
        service: {
          type: 'process',
          command: [this.node, 'server.mjs'],
          env: { APP_PORT: String(port), APP_DATA: data },
          stop_timeout: '2s',
        },
      },
      version: { file: 'VERSION' },
      data: [{ type: 'path', path: data }],
      checks: {
        before: [{ type: 'permissions' }],
        after: [
          { type: 'service_active', stable_seconds: 0, timeout_seconds: wellSeconds },
          { type: 'health_endpoint', url: `http://127.0.0.1:${port}/`, timeout_seconds: wellSeconds },
          { type: 'version_check' },
        ],
      },
      policy: { auto: 'none' },
      check: unasked ? { every: 'off' } : { after_start: '0s', jitter: '0s' },
      backups: { path: [join(this.dir, 'backups')] },
    }
  }

  /** Where people read it, it is a path of this host, not of whoever runs the tests. */
  private get node(): string {
    return join(this.dir, 'bin/node')
  }

  /** A program for `prepare`, in the new tree: the first version is ready at once, others when the gate is open. */
  private async waiting(name: string, first: string): Promise<string> {
    const file = join(this.dir, 'bin', `prepare-${name}`)
    const open = `[ -e "${this.gate(name)}" ] || [ "$(cat VERSION)" = "${first}" ]`
    // It may outlive an agent that is killed, and does not outlive the test.
    const gone = `[ ! -d "${this.dir}" ]`
    await writeFile(file, `#!/bin/sh\nuntil ${open} || ${gone}; do sleep 0.05; done\n`, { mode: 0o755 })
    return file
  }

  private async install(): Promise<void> {
    const belay = await openBelay({ config: this.configFile, state: this.state })
    try {
      for (const { name, versions } of this.wishes) {
        const [first] = versions
        if (first === undefined) continue
        const { outcome, problem } = await belay.update(name, { to: first })
        if (outcome !== 'committed') throw new Error(`${name} was not installed: ${JSON.stringify(problem)}`)
      }
    } finally {
      await belay.close()
    }
  }

  private gate(name: string): string {
    return join(this.dir, `${name}.gate`)
  }

  /** Lets what `gated` holds back go on. */
  async open(name: string): Promise<void> {
    await writeFile(this.gate(name), '')
  }

  async start(): Promise<void> {
    this.running = new Agent(this)
    await this.running.says(/answering at|page is not built/)
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    this.agent.signal('SIGKILL')
    await this.agent.ended
  }

  /** The version that answers. */
  async version(name: string): Promise<string> {
    const { version } = (await answerAt(this.ports.get(name) ?? 0)) as { version: string }
    return version
  }

  /** The command line, the password of everybody on its standard input. */
  async belay(args: readonly string[]): Promise<string> {
    const child = spawn(program, ['-c', this.configFile, '--state', this.state, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stdin.end(`${password}\n`)
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`belay ${args.join(' ')} ended with ${code}: ${said}`)
    return said
  }

  async remove(): Promise<void> {
    this.running?.signal('SIGKILL')
    await this.running?.ended
    await this.stopServices()
    await Promise.all(this.closing.map(async (close) => close()))
    // What was killed may write its last line meanwhile.
    await rm(this.dir, { recursive: true, force: true, maxRetries: 10 })
  }

  /** They outlive every agent; nobody is left to stop them but us. */
  private async stopServices(): Promise<void> {
    const services = join(this.state, 'services')
    for (const name of await readdir(services).catch((): string[] => [])) {
      const record = await readFile(join(services, name, 'process.json'), 'utf8').catch(() => null)
      if (record === null) continue
      const { pid } = JSON.parse(record) as { pid: number }
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove()
  }
}
