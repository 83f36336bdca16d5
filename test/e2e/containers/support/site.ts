/**
 * One host's owner: a compose project that runs 1.0.0 of an image, and a belay.yaml that keeps it up to date.
 * Every site has a repository of its own in the registry, so that sites of one bed have nothing in common.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Problem } from '../../../../src/core/model/problem.ts'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import type { CheckReport, RunReport } from '../../../../src/ports/engine.ts'
import type { RunEvent } from '../../../../src/ports/progress.ts'
import type { Result } from '../../bed/command.ts'
import { composePlugin } from '../../bed/compose-v2.ts'
import type { ComposeProject, Spelling } from '../../bed/compose.ts'
import type { ContainerBed } from '../../bed/containers.ts'
import { type ImageRecipe, type PushedImage, pushImage } from '../../bed/images.ts'
import type { Registry } from '../../bed/registry.ts'
import { pinnedNode, repository } from '../../bed/requirements.ts'
import { composeFile, twoServices } from './files.ts'

const patienceMs = 120_000

type Settings = Readonly<Record<string, unknown>>

export interface SiteOptions {
  /** When absent the quicker one, `docker compose`, where it is to be had. */
  readonly spelling?: Spelling
  /** What the registry has, in the order of its pushing; 1.0.0 is always first. */
  readonly images?: readonly ImageRecipe[]
  /** Tags and the rest of 1.0.0. */
  readonly first?: Partial<ImageRecipe>
  /** Another one than the bed's open one. */
  readonly registry?: Registry
  readonly dockerConfig?: object
  /** A service `worker` of the same image beside `app`. */
  readonly worker?: boolean
  /** The project's files; when absent, a compose file alone. */
  readonly files?: (at: At) => Readonly<Record<string, string>>
  /** False leaves the project down. */
  readonly up?: boolean
  /** Changes to the component in belay.yaml. */
  readonly source?: Settings
  readonly strategy?: Settings
  readonly component?: (at: At) => Settings
  /** Other components of the same image. */
  readonly also?: Readonly<Record<string, { readonly strategy: Settings }>>
}

export interface At {
  readonly port: number
  /** `127.0.0.1:5000/site-1a2b/app` */
  readonly image: string
  /** The project's folder. */
  readonly folder: string
  /** The project's name. */
  readonly project: string
}

/** One document on stdout, as `--json` promises. */
export type Document = Partial<RunReport> & {
  readonly error?: Problem
  readonly plan?: Plan
  readonly runs?: readonly RunReport[]
  readonly components?: Readonly<Record<string, CheckReport>>
}

export interface Said extends Result {
  readonly json: Document
}

/** What must be either all old or all new. */
export interface Standing {
  /** What answers, by port. */
  readonly serves: readonly (string | null)[]
  /** Service → the ids of the images that its running containers have. */
  readonly images: Readonly<Record<string, readonly string[]>>
  readonly file: string
}

export class Site implements AsyncDisposable {
  readonly bed: ContainerBed
  readonly project: ComposeProject
  readonly at: At
  readonly pushed: readonly PushedImage[]
  readonly configFile: string
  readonly state: string
  /** Of the component. Belay keeps images in the engine under it, and an engine has one owner: each has its own. */
  readonly name: string
  /** In the registry. */
  readonly repository: string
  readonly #registry: Registry

  private constructor(bed: ContainerBed, project: ComposeProject, at: At, more: Pushed) {
    this.bed = bed
    this.project = project
    this.at = at
    this.pushed = more.pushed
    this.#registry = more.registry
    this.repository = more.repository
    this.name = more.repository.replace('/', '-')
    this.configFile = join(at.folder, '..', 'belay.json')
    this.state = join(at.folder, '..', 'state')
  }

  /** 1.0.0 runs and answers. */
  static async create(bed: ContainerBed, options: SiteOptions = {}): Promise<Site> {
    const { spelling = await quickest(), registry = bed.registry, images = [] } = options
    const files = options.files ?? (options.worker === true ? twoFiles : oneFile)
    const repository = `site-${randomBytes(4).toString('hex')}/app`
    const pushed: PushedImage[] = []
    for (const recipe of [{ version: '1.0.0', ...options.first }, ...images])
      pushed.push(await pushImage(registry, repository, recipe))
    const image = `${registry.host}/${repository}`
    const project = await bed.project(spelling, options.dockerConfig)
    const at: At = { port: project.port, image, folder: project.folder, project: project.name }
    const site = new Site(bed, project, at, { pushed, registry, repository })
    try {
      for (const [name, text] of Object.entries(files(at))) await project.write(name, text)
      await site.configure(options)
      if (options.up === false) return site
      await project.compose(['up', '-d'])
      await until(
        () => project.serves(),
        (version) => version === '1.0.0',
      )
      return site
    } catch (error) {
      await project.remove()
      throw error
    }
  }

  async configure({ source, strategy, component = () => ({}), also = {} }: SiteOptions): Promise<void> {
    const one = (more: Settings = {}, port = this.at.port): Settings => ({
      source: { type: 'oci', image: this.at.image, ...source },
      strategy: { type: 'compose', file: this.project.path(), service: 'app', ...more },
      checks: { before: [{ type: 'service_running' }], after: quickChecks(port) },
      backups: { path: [join(this.at.folder, '..', 'backups')] },
    })
    const others = Object.entries(also).map(([name, { strategy: more }], i) => [name, one(more, this.at.port + 1 + i)])
    const components = { [this.name]: { ...one(strategy), ...component(this.at) }, ...Object.fromEntries(others) }
    await writeFile(
      this.configFile,
      JSON.stringify({ version: 1, agent: { allow_http: ['127.0.0.1'] }, components }, null, 2),
    )
  }

  push(recipe: ImageRecipe): Promise<PushedImage> {
    return pushImage(this.#registry, this.repository, recipe)
  }

  /** The words of the command line before the command. */
  get globals(): readonly string[] {
    return ['-c', this.configFile, '--state', this.state]
  }

  /** The command line as a person uses it, with `--json`. */
  belay(...argv: readonly string[]): Promise<Said> {
    return this.belayWith({}, ...argv)
  }

  async belayWith(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Said> {
    const said = await this.bed.belay(this.project, [...this.globals, ...argv, '--json'], { env })
    return { ...said, json: said.stdout === '' ? {} : (JSON.parse(said.stdout) as Document) }
  }

  /** An update that has to end as told: 0 committed, 3 rolled back, 1 refused or failed before anything was changed. */
  async update(to: string | null, code: 0 | 1 | 3): Promise<Document> {
    const said = await this.belay('update', this.name, ...(to === null ? [] : ['--to', to]), '--yes')
    expect(said.code, `${said.stdout}\n${said.stderr}`).toBe(code)
    return said.json
  }

  /** What the sources say now; its cache is not asked. */
  async check(): Promise<CheckReport> {
    const said = await this.belay('check', this.name, '--force')
    const report = said.json.components?.[this.name]
    if (report === undefined) throw new Error(`no answer: ${said.stdout}${said.stderr}`)
    return report
  }

  async rollback(...more: readonly string[]): Promise<Document> {
    const said = await this.belay('rollback', this.name, '--yes', ...more)
    expect(said.code, `${said.stdout}\n${said.stderr}`).toBe(0)
    return said.json
  }

  /** An update by the library, in a process of its own among the containers: what its watchers see. `onEvent`: as they see it. */
  async events(to: string, onEvent: (event: RunEvent) => void): Promise<readonly RunEvent[]> {
    const script = `
      const { openBelay } = await import(${JSON.stringify(join(repository, 'src/main/open.ts'))})
      const belay = await openBelay(${JSON.stringify({ config: this.configFile, state: this.state })})
      belay.subscribe((event) => process.stdout.write(JSON.stringify(event) + '\\n'))
      await belay.update(${JSON.stringify(this.name)}, { to: ${JSON.stringify(to)} })
      await belay.close()
    `
    const [program = '', ...argv] = this.project.inside([pinnedNode(), '--input-type=module', '--eval', script])
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'close')
    const events: RunEvent[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as RunEvent
      events.push(event)
      onEvent(event)
    }
    expect(await ended).toEqual([0, null])
    return events
  }

  /** Asked until everything that is to answer does. */
  async standing(services: readonly string[] = ['app']): Promise<Standing> {
    const serves: (string | null)[] = []
    for (const index of services.keys()) {
      serves.push(
        await until(
          () => this.project.serves(this.at.port + index),
          (version) => version !== null,
        ),
      )
    }
    const images: Record<string, readonly string[]> = {}
    for (const service of services) images[service] = await this.images(service)
    return { serves, images, file: await this.project.read() }
  }

  async images(service: string): Promise<readonly string[]> {
    const running = (await this.project.containers(service)).filter(({ State }) => State.Running)
    return running.map(({ Image }) => Image)
  }

  /** What the application wrote at each of its starts, into its volume. */
  async starts(): Promise<readonly string[]> {
    const { body } = await this.project.http('/data/starts')
    return body.trim().split('\n')
  }

  /** Every image that the engine has, of whatever site. */
  async imageIds(): Promise<readonly string[]> {
    const { stdout } = await this.bed.engine.docker(['image', 'ls', '--all', '--quiet', '--no-trunc'])
    return stdout.split('\n')
  }

  remove(): Promise<void> {
    return this.project.remove()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }
}

/** Asks until the answer is good. Not `expect.poll`, which knows no test where several run at once. */
export async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (good(answer)) return answer
    if (Date.now() > deadline) throw new Error(`after ${patienceMs} ms it is still ${String(answer)}`)
    await delay(20)
  }
}

interface Pushed {
  readonly pushed: readonly PushedImage[]
  readonly registry: Registry
  readonly repository: string
}

async function quickest(): Promise<Spelling> {
  return 'missing' in (await composePlugin()) ? 'docker-compose' : 'docker compose'
}

const oneFile = (at: At): Readonly<Record<string, string>> => ({ 'docker-compose.yml': composeFile(at) })
const twoFiles = (at: At): Readonly<Record<string, string>> => ({ 'docker-compose.yml': twoServices(at) })

/** As strict as the ones that belay adds by itself. What is no good is told by its container, at once; nothing waits for these. */
function quickChecks(port: number): readonly Settings[] {
  return [
    { type: 'container_running', stable_seconds: 0.5, timeout_seconds: 60 },
    { type: 'health_endpoint', url: `http://127.0.0.1:${port}/health`, timeout_seconds: 60 },
    { type: 'version_check', timeout_seconds: 60 },
  ]
}
