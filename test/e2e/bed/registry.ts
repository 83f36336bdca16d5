/**
 * A real registry (Debian's docker-registry) in the engine's network, at 127.0.0.1:PORT for the engine and for belay run
 * `inside`. It can be switched off and on again; what was pushed stays.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Engine } from './engine.ts'
import { signalInside } from './namespaces.ts'
import { dial, type Door, forwardPort } from './network.ts'

const startTimeoutMs = 60_000

export interface RegistryOptions {
  /** In the engine's network. */
  readonly port: number
  /** Where its files lie: a folder of the test. */
  readonly folder: string
  /** Asks for `registryUser` of everybody. */
  readonly auth?: boolean | undefined
}

export interface Registry {
  /** Host and port, as they stand in a reference. */
  readonly host: string
  /** The same registry from the test process. */
  readonly url: string
  /** To be sent with every request; empty without `auth`. */
  readonly headers: Readonly<Record<string, string>>
  start(): Promise<void>
  /** Nobody listens there any more. Safe to call twice. */
  stop(): Promise<void>
  close(): Promise<void>
}

export const registryUser = { username: 'belay', password: 'let-me-in' } as const
/** Its password as htpasswd keeps it; the registry takes bcrypt alone. */
const htpasswd = `${registryUser.username}:$2y$05$abcdefghijklmnopqrstuu3Jd./u/rH1RxB6auX5v7gLP6uWhKCgG\n`

/** Resolves when it answers. */
export async function startRegistry(
  engine: Engine,
  { port, folder, auth = false }: RegistryOptions,
): Promise<Registry> {
  await mkdir(join(folder, 'data'), { recursive: true })
  await writeFile(join(folder, 'htpasswd'), htpasswd)
  const file = join(folder, 'registry.yml')
  await writeFile(file, settings(folder, port, auth))
  const door = await forwardPort(engine.gateway, () => ({ host: '127.0.0.1', port }))
  const registry = new RunningRegistry(engine, file, port, door, auth)
  try {
    await registry.start()
    return registry
  } catch (error) {
    await registry.close()
    throw error
  }
}

function settings(folder: string, port: number, auth: boolean): string {
  const asked = `auth: { htpasswd: { realm: bed, path: "${join(folder, 'htpasswd')}" } }\n`
  return `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: "${join(folder, 'data')}" }, delete: { enabled: true } }
http: { addr: "0.0.0.0:${port}" }
${auth ? asked : ''}`
}

class RunningRegistry implements Registry {
  readonly host: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly #engine: Engine
  readonly #file: string
  readonly #port: number
  readonly #door: Door
  #child: ChildProcess | null = null

  constructor(engine: Engine, file: string, port: number, door: Door, auth: boolean) {
    const { username, password } = registryUser
    this.host = `127.0.0.1:${port}`
    this.url = door.url
    this.headers = auth ? { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` } : {}
    this.#engine = engine
    this.#file = file
    this.#port = port
    this.#door = door
  }

  async start(): Promise<void> {
    const [program = '', ...argv] = this.#engine.inside(['docker-registry', 'serve', this.#file])
    const log = await open(`${this.#file}.log`, 'a')
    const child = spawn(program, argv, { stdio: ['ignore', log.fd, log.fd] })
    await log.close()
    this.#child = child
    const deadline = Date.now() + startTimeoutMs
    while (!(await this.#listens())) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`no registry at ${this.host}: ${await readFile(`${this.#file}.log`, 'utf8')}`)
      await delay(10)
    }
  }

  async stop(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    await signalInside(child, 'SIGTERM')
    await exited
  }

  async close(): Promise<void> {
    await this.stop()
    await this.#door.close()
  }

  async #listens(): Promise<boolean> {
    try {
      const socket = await dial(this.#engine.gateway, { host: '127.0.0.1', port: this.#port })
      socket.destroy()
      return true
    } catch {
      return false
    }
  }
}
