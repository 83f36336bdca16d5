/**
 * The bed for containers: an engine of our own, a real registry beside it, and compose projects. No device takes part.
 *
 *     // needs: bed, containers
 *     let bed: ContainerBed
 *     beforeAll(async () => { bed = await startContainers() })
 *     afterAll(() => bed?.close())
 *
 *     test('when …, then …', async () => {
 *       await bed.push('shop/app', { version: '1.0.0' })
 *       await using project = await bed.project('docker-compose', ({ port }) => ({ 'docker-compose.yml': `…` }))
 *       await project.compose(['up', '-d'])
 *       await expect.poll(() => project.serves()).toBe('1.0.0')
 *       const { code } = await bed.belay(project, ['-c', config, '--state', state, 'update', 'app', '--yes'])
 *     })
 *
 * `belay` and compose programs run inside the engine's network, process and mount namespaces: 127.0.0.1 is where the
 * registry listens and where projects publish their ports, pids are those that the engine tells, and the file system is
 * the host's. All of them end with the bed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result, RunOptions } from './command.ts'
import { ComposeProject, type ProjectOptions, type Spelling } from './compose.ts'
import { type Engine, startEngine } from './engine.ts'
import { type ImageRecipe, type PushedImage, pushImage } from './images.ts'
import { type Registry, startRegistry } from './registry.ts'
import { missingRequirements, repository } from './requirements.ts'

const registryPort = 5000
const closedRegistryPort = 5001
const firstPort = 18_000

export interface ContainerBed extends AsyncDisposable {
  readonly engine: Engine
  readonly registry: Registry
  /** Another registry, that asks who calls; started by the first who asks for it. */
  closedRegistry(): Promise<Registry>
  /** Into the open registry. */
  push(repository: string, recipe: ImageRecipe): Promise<PushedImage>
  project(
    spelling: Spelling,
    files: (at: Place) => ProjectOptions['files'],
    dockerConfig?: object,
  ): Promise<ComposeProject>
  /** The command line, from this checkout, as the owner of that project runs it. */
  belay(project: ComposeProject, argv: readonly string[], options?: RunOptions): Promise<Result>
  close(): Promise<void>
}

/** What a project's files may need to know. */
export interface Place {
  /** Free for it to publish, on 127.0.0.1. */
  readonly port: number
  readonly registry: string
}

/** Rejects with the whole list when the machine lacks something. */
export async function startContainers(): Promise<ContainerBed> {
  const missing = missingRequirements('containers')
  if (missing.length > 0) throw new Error(missing.join('\n'))
  const engine = await startEngine()
  const folder = await mkdtemp(join(tmpdir(), 'belay-containers-'))
  try {
    await sweep(engine)
    const registry = await startRegistry(engine, { port: registryPort, folder: join(folder, 'open') })
    return new Containers(engine, folder, registry)
  } catch (error) {
    await engine.stop()
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** What an earlier run left in the engine's data folder. */
async function sweep(engine: Engine): Promise<void> {
  for (const kind of ['container', 'network', 'volume']) await engine.docker([kind, 'prune', '--force'])
  const { stdout } = await engine.docker(['image', 'ls', '--format', '{{.Repository}} {{.ID}}'])
  const ours = stdout.split('\n').filter((line) => /^(127\.0\.0\.1:|localhost:|belay\.local\/|<none>)/.test(line))
  const ids = new Set(ours.map((line) => line.split(' ')[1] ?? ''))
  if (ids.size > 0) await engine.docker(['image', 'rm', '--force', ...ids])
}

class Containers implements ContainerBed {
  readonly engine: Engine
  readonly registry: Registry
  readonly #folder: string
  #closedRegistry: Promise<Registry> | null = null
  #projects = 0

  constructor(engine: Engine, folder: string, registry: Registry) {
    this.engine = engine
    this.registry = registry
    this.#folder = folder
  }

  closedRegistry(): Promise<Registry> {
    const folder = join(this.#folder, 'closed')
    this.#closedRegistry ??= startRegistry(this.engine, { port: closedRegistryPort, folder, auth: true })
    return this.#closedRegistry
  }

  push(repository: string, recipe: ImageRecipe): Promise<PushedImage> {
    return pushImage(this.registry, repository, recipe)
  }

  async project(
    spelling: Spelling,
    files: (at: Place) => ProjectOptions['files'],
    dockerConfig: object = {},
  ): Promise<ComposeProject> {
    const number = this.#projects++
    const port = firstPort + 10 * number
    const folder = await mkdtemp(join(this.#folder, 'project-'))
    return ComposeProject.create(this.engine, {
      folder,
      name: `p${number}`,
      spelling,
      port,
      files: files({ port, registry: this.registry.host }),
      dockerConfig,
    })
  }

  belay(project: ComposeProject, argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    return project.run([join(repository, 'bin/belay'), ...argv], { timeoutMs: 120_000, ...options })
  }

  async close(): Promise<void> {
    await (await this.#closedRegistry)?.close()
    await this.registry.close()
    await this.engine.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
