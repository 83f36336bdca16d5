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
 *       await using project = await bed.project('docker-compose')
 *       await project.write('docker-compose.yml', `…`)
 *       await project.compose(['up', '-d'])
 *       await expect.poll(() => project.serves(), { timeout: 60_000 }).toBe('1.0.0')
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
import { ComposeProject, type Spelling } from './compose.ts'
import { type Engine, startEngine } from './engine.ts'
import { type ImageRecipe, type PushedImage, pushImage } from './images.ts'
import { type Registry, startRegistry } from './registry.ts'
import { missingRequirements, repository } from './requirements.ts'

const firstRegistryPort = 5000
const firstPort = 18_000

export interface ContainerBed extends AsyncDisposable {
  readonly engine: Engine
  readonly registry: Registry
  /** Another one, for a test that switches it off, or that needs `auth`; it ends with the bed. */
  anotherRegistry(options?: { readonly auth?: boolean }): Promise<Registry>
  /** Into the open registry. */
  push(repository: string, recipe: ImageRecipe): Promise<PushedImage>
  /** An empty project with a free port; `dockerConfig`: what the client's config.json says, such as credentials. */
  project(spelling: Spelling, dockerConfig?: object): Promise<ComposeProject>
  /** The command line, from this checkout, as the owner of that project runs it. */
  belay(project: ComposeProject, argv: readonly string[], options?: RunOptions): Promise<Result>
  close(): Promise<void>
}

/** Rejects with the whole list when the machine lacks something. */
export async function startContainers(): Promise<ContainerBed> {
  const missing = missingRequirements('containers')
  if (missing.length > 0) throw new Error(missing.join('\n'))
  const engine = await startEngine()
  const folder = await mkdtemp(join(tmpdir(), 'belay-containers-'))
  try {
    await sweep(engine)
    const registry = await startRegistry(engine, { port: firstRegistryPort, folder: join(folder, 'registry') })
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
  readonly #others: Promise<Registry>[] = []
  #projects = 0

  constructor(engine: Engine, folder: string, registry: Registry) {
    this.engine = engine
    this.registry = registry
    this.#folder = folder
  }

  anotherRegistry({ auth = false }: { readonly auth?: boolean } = {}): Promise<Registry> {
    const port = firstRegistryPort + 1 + this.#others.length
    const other = startRegistry(this.engine, { port, folder: join(this.#folder, `registry-${port}`), auth })
    this.#others.push(other)
    return other
  }

  push(repository: string, recipe: ImageRecipe): Promise<PushedImage> {
    return pushImage(this.registry, repository, recipe)
  }

  async project(spelling: Spelling, dockerConfig: object = {}): Promise<ComposeProject> {
    const number = this.#projects++
    const port = firstPort + 10 * number
    const folder = await mkdtemp(join(this.#folder, 'project-'))
    return ComposeProject.create(this.engine, { folder, name: `p${number}`, spelling, port, dockerConfig })
  }

  belay(project: ComposeProject, argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    return project.run([join(repository, 'bin/belay'), ...argv], { timeoutMs: 280_000, ...options })
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.registry.close(), ...this.#others.map(async (other) => (await other).close())])
    await this.engine.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
