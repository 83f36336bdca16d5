import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import { type Digest, digestSchema } from '../../src/core/model/names.ts'
import { type Problem, problemOf } from '../../src/core/model/problem.ts'
import type { Container, ContainerEngine, PullInput } from '../../src/host/containers/types.ts'
import type { Result } from '../e2e/bed/command.ts'
import type { Engine } from '../e2e/bed/engine.ts'
import { type ImageRecipe, type PushedImage, pushImage } from '../e2e/bed/images.ts'
import type { Registry } from '../e2e/bed/registry.ts'
import { pinnedNode } from '../e2e/bed/requirements.ts'

const stuckFile = fileURLToPath(new URL('container-engine.stuck.ts', import.meta.url))

/** What the contract of container engines is asked with: a real engine, and a real registry beside it. */
export interface EngineSubject {
  readonly engine: ContainerEngine
  readonly registry: Registry
  /** Asks for `registryUser` of everybody. */
  readonly closed: Registry
  /** `registry` behind what stops in the middle of a large layer: `startStuck`. */
  readonly stuck: Stuck
  /** An image that is here, by its digest; the same for all. */
  readonly image: string
  /** What it does not tell. `bytes`: of a pull; `tagTimes`: when an image was named. */
  readonly lacks: readonly ('bytes' | 'tagTimes')[]
  /** Where nothing runs healthchecks by itself: runs that of a container. */
  readonly runHealthcheck?: (id: string) => Promise<unknown>
  /** The command line of the engine. */
  readonly cli: (argv: readonly string[]) => Promise<Result>
}

export interface Stuck {
  readonly host: string
  letGo(): void
}

/** A registry that stops in the middle of a large layer until it is let go; it ends with the engine. */
export async function startStuck(engine: Engine, registry: Registry, port: number): Promise<Stuck> {
  const [program = '', ...argv] = engine.inside([pinnedNode(), stuckFile, String(port), registry.host])
  const child = spawn(program, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return { host: `127.0.0.1:${port}`, letGo: () => void child.stdin.end('go\n') }
}

export interface EngineCase {
  readonly name: string
  readonly check: (subject: EngineSubject) => Promise<void>
}

export const never = new AbortController().signal

export interface Pushed extends PushedImage {
  readonly repository: string
  readonly digest: Digest
}

export async function push(registry: Registry, name: string, recipe: ImageRecipe): Promise<Pushed> {
  const pushed = await pushImage(registry, `contract/${name}`, recipe)
  return { ...pushed, repository: `${registry.host}/contract/${name}`, digest: digestSchema.parse(pushed.digest) }
}

export const pull = (
  { engine }: Pick<EngineSubject, 'engine'>,
  what: Pick<Pushed, 'repository' | 'digest'>,
  more: Partial<PullInput> = {},
) => engine.pull({ ...what, auth: null, onProgress: () => {}, ...more }, never)

export async function failureOf(action: Promise<unknown>): Promise<Problem> {
  return problemOf(
    await action.then(
      () => new Error('it did not fail'),
      (error: unknown) => error,
    ),
  )
}

export async function expectFailure(action: Promise<unknown>, code: ProblemCode): Promise<void> {
  const problem = await failureOf(action)
  expect(problem).toMatchObject({ code })
  expect(problem.hint).not.toBeNull()
}

export async function must({ cli }: EngineSubject, argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(argv)
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  return stdout.trim()
}

export const labels = (project: string, service: string): readonly string[] =>
  Object.entries({ project, service, 'container-number': '1', oneoff: 'False' }).flatMap(([key, value]) => [
    '--label',
    `com.docker.compose.${key}=${value}`,
  ])

/** Starts a container as compose labels them; `more`: options of `run`, and what it runs. */
export async function run(
  subject: EngineSubject,
  { project, service = 'web', image, flags = [], argv = [] }: RunOptions,
): Promise<string> {
  return must(subject, ['run', '--detach', ...labels(project, service), ...flags, image, ...argv])
}

export interface RunOptions {
  readonly project: string
  readonly service?: string
  readonly image: string
  readonly flags?: readonly string[]
  readonly argv?: readonly string[]
}

export async function until(
  subject: EngineSubject,
  project: string,
  holds: (container: Container) => boolean,
): Promise<Container> {
  let seen: Container | undefined
  await expect
    .poll(
      async () => {
        seen = (await subject.engine.containers(project, 'web', never))[0]
        return seen === undefined ? 'no container' : holds(seen) || seen
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe(true)
  if (seen === undefined) throw new Error('unreachable')
  return seen
}

/** An image that is here, and the name to run it by. */
export async function present(
  subject: Pick<EngineSubject, 'engine' | 'registry'>,
  name: string,
  recipe: Partial<ImageRecipe> = {},
): Promise<string> {
  const pushed = await push(subject.registry, name, { version: '1.0.0', ...recipe })
  await pull(subject, pushed)
  return `${pushed.repository}@${pushed.digest}`
}
