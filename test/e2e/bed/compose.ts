/** A compose project with real files, in a folder of its own, brought up by a compose program of either spelling. */
import { mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { must, type Result, type RunOptions, run } from './command.ts'
import { composePlugin } from './compose-v2.ts'
import type { Engine } from './engine.ts'
import { type HttpAnswer, http } from './network.ts'

/** `docker-compose`, version 1, and the plugin `docker compose`, version 2. */
export type Spelling = 'docker-compose' | 'docker compose'

export interface ProjectOptions {
  /** An empty folder. */
  readonly folder: string
  /** Of the project; also the end of its folder's name, as compose programs take it from there. */
  readonly name: string
  readonly spelling: Spelling
  /** Of 127.0.0.1, free for it to publish; it and the nine after it. */
  readonly port: number
  /** Text of the docker client's config.json: credentials. */
  readonly dockerConfig?: object | undefined
}

/** As the engine's API tells it, as far as it is read here. */
export interface ContainerInfo {
  readonly Id: string
  readonly Image: string
  readonly Name: string
  readonly State: {
    readonly Running: boolean
    readonly Status: string
    readonly StartedAt: string
    readonly Pid: number
  }
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> }
}

export class ComposeProject implements AsyncDisposable {
  readonly name: string
  readonly folder: string
  readonly port: number
  /** For every program that speaks to the engine; a person's own settings do not take part. */
  readonly env: Readonly<Record<string, string>>
  readonly #engine: Engine
  readonly #spelling: Spelling

  private constructor(engine: Engine, options: ProjectOptions, env: Readonly<Record<string, string>>) {
    this.#engine = engine
    this.#spelling = options.spelling
    this.name = options.name
    this.folder = join(options.folder, options.name)
    this.port = options.port
    this.env = env
  }

  /** It has no files yet. Rejects with the reason when that compose program is not to be had. */
  static async create(engine: Engine, options: ProjectOptions): Promise<ComposeProject> {
    const folder = await realpath(options.folder)
    const docker = join(folder, 'docker')
    await mkdir(docker, { recursive: true })
    await writeFile(join(docker, 'config.json'), JSON.stringify(options.dockerConfig ?? {}))
    if (options.spelling === 'docker compose') {
      const plugin = await composePlugin()
      if ('missing' in plugin) throw new Error(plugin.missing)
      await symlink(plugin.plugins, join(docker, 'cli-plugins'))
    }
    const env = { DOCKER_HOST: engine.host, DOCKER_CONFIG: docker, HOME: folder }
    return new ComposeProject(engine, { ...options, folder }, env)
  }

  path(name = 'docker-compose.yml'): string {
    return join(this.folder, name)
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true })
    await writeFile(this.path(name), text)
  }

  read(name?: string): Promise<string> {
    return readFile(this.path(name), 'utf8')
  }

  /** Runs a program among the containers, as `belay` and the compose program are run. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    return run(this.inside(argv, options.env), { ...options, env: {} })
  }

  /** The words that do so, for a program that is to be spoken to while it runs. */
  inside(argv: readonly string[], more: RunOptions['env'] = {}): readonly string[] {
    // By words, so that what enters the namespaces is found whatever PATH is meant for the program.
    const env = Object.entries({ ...this.env, ...more }).map(([key, value]) => `${key}=${value}`)
    return this.#engine.inside(['env', ...env, ...argv])
  }

  /** What a person does by hand. Rejects with what compose said. */
  compose(argv: readonly string[]): Promise<string> {
    const program = this.#spelling.split(' ')
    const flags = ['--project-directory', this.folder, '-f', this.path(), '-p', this.name]
    return must(this.#engine.inside([...program, ...flags, ...argv]), { env: this.env })
  }

  /** Every container of a service, the running ones and the others. */
  async containers(service: string): Promise<readonly ContainerInfo[]> {
    const labels = { project: this.name, service }
    const filters = Object.entries(labels).flatMap(([key, value]) => [
      '--filter',
      `label=com.docker.compose.${key}=${value}`,
    ])
    const found = await this.#engine.docker(['ps', '--all', '--quiet', '--no-trunc', ...filters])
    const ids = found.stdout.split('\n').filter((id) => id !== '')
    if (ids.length === 0) return []
    // One that went in the meantime is left out.
    const { stdout } = await this.#engine.docker(['inspect', ...ids])
    return JSON.parse(stdout === '' ? '[]' : stdout) as readonly ContainerInfo[]
  }

  /** Asks the service behind the project's port. Rejects while nothing answers there. */
  http(path: string, port = this.port): Promise<HttpAnswer> {
    return http(this.#engine.gateway, { host: '127.0.0.1', port }, path)
  }

  /** The version that answers; null while none does. */
  async serves(port = this.port): Promise<string | null> {
    try {
      const { status, body } = await this.http('/version', port)
      return status === 200 ? body.trim() : null
    } catch {
      return null
    }
  }

  /** Its containers, networks, volumes and files go. */
  async remove(): Promise<void> {
    const label = ['--filter', `label=com.docker.compose.project=${this.name}`]
    const drop = async (list: readonly string[], remove: readonly string[]): Promise<void> => {
      const { stdout } = await this.#engine.docker([...list, '--quiet', ...label])
      const ids = stdout.split('\n').filter((id) => id !== '')
      if (ids.length > 0) await this.#engine.docker([...remove, ...ids])
    }
    await drop(['ps', '--all'], ['rm', '--force', '--volumes'])
    await drop(['network', 'ls'], ['network', 'rm'])
    await drop(['volume', 'ls'], ['volume', 'rm', '--force'])
    await rm(dirname(this.folder), { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }
}
