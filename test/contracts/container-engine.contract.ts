import { expect } from 'vitest'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import { type Digest, digestSchema } from '../../src/core/model/names.ts'
import { type Problem, problemOf } from '../../src/core/model/problem.ts'
import type { Container, ContainerEngine, PullInput } from '../../src/host/containers/types.ts'
import type { Result } from '../e2e/bed/command.ts'
import { type ImageRecipe, type PushedImage, pushImage } from '../e2e/bed/images.ts'
import { type Registry, registryUser } from '../e2e/bed/registry.ts'

/** What every container engine does for belay, asked of a real one, with a real registry beside it. */
export interface EngineSubject {
  readonly engine: ContainerEngine
  readonly registry: Registry
  /** Asks for `registryUser` of everybody. */
  readonly closed: Registry
  /** An image that is here, by its digest; the same for all. */
  readonly image: string
  /** What it does not tell. `bytes`: of a pull; `tagTimes`: when an image was named. */
  readonly lacks: readonly ('bytes' | 'tagTimes')[]
  /** Where nothing runs healthchecks by itself: runs that of a container. */
  readonly runHealthcheck?: (id: string) => Promise<unknown>
  /** The command line of the engine. */
  readonly cli: (argv: readonly string[]) => Promise<Result>
}

export interface EngineCase {
  readonly name: string
  readonly check: (subject: EngineSubject) => Promise<void>
}

const never = new AbortController().signal

interface Pushed extends PushedImage {
  readonly repository: string
  readonly digest: Digest
}

async function push(registry: Registry, name: string, recipe: ImageRecipe): Promise<Pushed> {
  const pushed = await pushImage(registry, `contract/${name}`, recipe)
  return { ...pushed, repository: `${registry.host}/contract/${name}`, digest: digestSchema.parse(pushed.digest) }
}

const pull = (
  { engine }: Pick<EngineSubject, 'engine'>,
  what: Pick<Pushed, 'repository' | 'digest'>,
  more: Partial<PullInput> = {},
) => engine.pull({ ...what, auth: null, onProgress: () => {}, ...more }, never)

async function failureOf(action: Promise<unknown>): Promise<Problem> {
  return problemOf(
    await action.then(
      () => new Error('it did not fail'),
      (error: unknown) => error,
    ),
  )
}

async function expectFailure(action: Promise<unknown>, code: ProblemCode): Promise<void> {
  const problem = await failureOf(action)
  expect(problem).toMatchObject({ code })
  expect(problem.hint).not.toBeNull()
}

async function must({ cli }: EngineSubject, argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(argv)
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const labels = (project: string, service: string): readonly string[] =>
  Object.entries({ project, service, 'container-number': '1', oneoff: 'False' }).flatMap(([key, value]) => [
    '--label',
    `com.docker.compose.${key}=${value}`,
  ])

/** Starts a container as compose labels them; `more`: options of `run`, and what it runs. */
async function run(
  subject: EngineSubject,
  { project, service = 'web', image, flags = [], argv = [] }: RunOptions,
): Promise<string> {
  return must(subject, ['run', '--detach', ...labels(project, service), ...flags, image, ...argv])
}

interface RunOptions {
  readonly project: string
  readonly service?: string
  readonly image: string
  readonly flags?: readonly string[]
  readonly argv?: readonly string[]
}

async function until(
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
      { timeout: 10_000, interval: 50 },
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

export const engineContract: readonly EngineCase[] = [
  {
    name: 'when it is asked what it is then it says so, and where its files are',
    check: async ({ engine }) => {
      const version = await engine.version(never)
      expect(version).toMatchObject({ name: engine.name, platform: { os: 'linux' } })
      expect(version.root).toMatch(/^\//)
      expect(engine.describe).toContain(version.version)
    },
  },
  ...[false, true].map(
    (index): EngineCase => ({
      name: `when an image is pulled by the digest of its ${index ? 'index' : 'manifest'} then it is here under that digest alone`,
      check: async (subject) => {
        const { engine } = subject
        const name = index ? 'pulled-index' : 'pulled'
        const pushed = await push(subject.registry, name, { version: '1.2.3', index, payloadBytes: 2_000_000 })
        const reference = `${pushed.repository}@${pushed.digest}`
        expect(await engine.image(reference, never)).toBeNull()
        await pull(subject, pushed)
        const image = await engine.image(reference, never)
        expect(image?.digests).toContain(reference)
        expect(image).toMatchObject({ tags: [], labels: { 'org.opencontainers.image.version': '1.2.3' } })
        expect(image?.bytes).toBeGreaterThan(2_000_000)
        expect(image?.createdMs).toBe(Date.parse('2026-01-01T00:00:00Z'))
        await pull(subject, pushed)
      },
    }),
  ),
  {
    name: 'when a pull goes on then its layers are told, and in the end their bytes',
    check: async (subject) => {
      const pushed = await push(subject.registry, 'progress', { version: '1.0.0', payloadBytes: 3_000_000 })
      const seen: [number, number | null, string][] = []
      await pull(subject, pushed, { onProgress: (...now) => seen.push(now) })
      const [done, total, message] = seen.at(-1) ?? []
      expect(message).toMatch(/^\d of \d layers$/)
      if (subject.lacks.includes('bytes')) return expect([done, total]).toEqual([0, 0])
      expect(message).toBe('2 of 2 layers')
      expect(total).toBe(done)
      // The layer that all these images share may be here already.
      expect(done).toBeGreaterThan(3_000_000)
      expect(done).toBeLessThanOrEqual(pushed.bytes)
    },
  },
  {
    name: 'when the registry does not have that digest then it is not found, and nothing comes',
    check: async (subject) => {
      const { repository } = await push(subject.registry, 'known', { version: '1.0.0' })
      const digest = digestSchema.parse(`sha256:${'0'.repeat(64)}`)
      await expectFailure(pull(subject, { repository, digest }), 'E_NOT_FOUND')
      expect(await subject.engine.image(`${repository}@${digest}`, never)).toBeNull()
    },
  },
  {
    name: 'when nobody answers at the registry then it is the network, and may pass',
    check: async (subject) => {
      const digest = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
      const problem = await failureOf(pull(subject, { repository: '127.0.0.1:1/x', digest }))
      expect(problem).toMatchObject({ code: 'E_NETWORK', retryable: true })
    },
  },
  {
    name: 'when the registry asks for a login then only with the right one does the image come',
    check: async (subject) => {
      const pushed = await push(subject.closed, 'closed', { version: '1.0.0' })
      await expectFailure(pull(subject, pushed), 'E_UNAUTHORIZED')
      await expectFailure(pull(subject, pushed, { auth: { ...registryUser, password: 'wrong' } }), 'E_UNAUTHORIZED')
      await pull(subject, pushed, { auth: registryUser })
    },
  },
  {
    name: 'when a pull is cancelled then it ends, and what it brings is not there',
    check: async (subject) => {
      const pushed = await push(subject.registry, 'cancelled', { version: '1.0.0', payloadBytes: 8_000_000 })
      const abort = new AbortController()
      const input = { ...pushed, auth: null, onProgress: () => abort.abort(new Error('enough')) }
      await expect(subject.engine.pull(input, abort.signal)).rejects.toThrow('enough')
      expect(await subject.engine.image(`${pushed.repository}@${pushed.digest}`, never)).toBeNull()
    },
  },
  {
    name: 'when an image is named then it is found by that name until it is taken away, and stays for its digest',
    check: async (subject) => {
      const { engine } = subject
      const reference = await present(subject, 'named')
      const [first, second] = ['belay.local/named:1.0.0-r-00000001', 'belay.local/named:1.0.0-r-00000002']
      await engine.tag(reference, first, never)
      await engine.tag(reference, first, never)
      const image = await engine.image(first, never)
      expect(image?.tags).toEqual([first])
      expect(await engine.image(image?.id ?? '', never)).toEqual(image)
      await engine.tag(image?.id ?? '', second, never)
      expect((await engine.images('belay.local/named', never)).map(({ id }) => id)).toEqual([image?.id])
      expect(await engine.images('belay.local/name', never)).toEqual([])
      await engine.untag(first, never)
      await engine.untag(first, never)
      expect(await engine.image(first, never)).toBeNull()
      await engine.untag(second, never)
      expect(await engine.image(reference, never)).not.toBeNull()
    },
  },
  {
    name: 'when images are named one after the other then it is told when',
    check: async (subject) => {
      const { engine } = subject
      for (const version of ['1', '2']) {
        const reference = await present(subject, `order-${version}`, { version })
        await engine.tag(reference, `belay.local/order:${version}`, never)
      }
      const images = await engine.images('belay.local/order', never)
      if (subject.lacks.includes('tagTimes')) {
        return expect(images.map(({ taggedMs, createdMs }) => taggedMs - createdMs)).toEqual([0, 0])
      }
      const byTime = images.toSorted((a, b) => a.taggedMs - b.taggedMs).flatMap(({ tags }) => tags)
      expect(byTime).toEqual(['belay.local/order:1', 'belay.local/order:2'])
      expect(Math.min(...images.map(({ taggedMs }) => taggedMs))).toBeGreaterThan(Date.now() - 60_000)
    },
  },
  {
    name: 'when an image that is not here is named then it is not found',
    check: ({ engine }) =>
      expectFailure(engine.tag('belay.local/nothing:1', 'belay.local/other:1', never), 'E_NOT_FOUND'),
  },
  {
    name: 'D7: when containers of other services have a longer name then they are not taken for it',
    check: async (subject) => {
      const { image } = subject
      for (const [project, service] of [
        ['exact', 'web'],
        ['exact', 'web2'],
        ['exact', 'old-web'],
        ['exact2', 'web'],
      ] as const) {
        await run(subject, { project, service, image })
      }
      await must(subject, [
        'run',
        '--detach',
        ...labels('exact', 'web'),
        '--label',
        'com.docker.compose.oneoff=True',
        image,
      ])
      const found = await subject.engine.containers('exact', 'web', never)
      expect(found).toMatchObject([{ project: 'exact', service: 'web', number: 1, state: 'running', restarts: 0 }])
      expect(found[0]?.pid).toBeGreaterThan(1)
      expect(Math.abs((found[0]?.startedMs ?? 0) - Date.now())).toBeLessThan(60_000)
      expect(await subject.engine.containers('exac', 'web', never)).toEqual([])
    },
  },
  {
    name: 'D10: when a tag moves after a start then a container is still of the image that it was made from',
    check: async (subject) => {
      const { engine } = subject
      const [before, after] = [
        await present(subject, 'old', { version: '1' }),
        await present(subject, 'new', { version: '2' }),
      ]
      await engine.tag(before, 'belay.local/moving:latest', never)
      await run(subject, { project: 'moving', image: 'belay.local/moving:latest' })
      await engine.tag(after, 'belay.local/moving:latest', never)
      const [container] = await engine.containers('moving', 'web', never)
      expect(container?.imageReference).toBe('belay.local/moving:latest')
      const [running, named] = [
        await engine.image(container?.imageId ?? '', never),
        await engine.image('belay.local/moving:latest', never),
      ]
      expect(running?.digests).toEqual([before])
      expect(running?.labels['org.opencontainers.image.version']).toBe('1')
      expect(named?.labels['org.opencontainers.image.version']).toBe('2')
    },
  },
  {
    name: 'when a container ends then its state and code are told, and it still holds its image',
    check: async (subject) => {
      const { engine } = subject
      const image = await present(subject, 'ends')
      const { id: imageId } = (await engine.image(image, never)) ?? { id: '' }
      expect(await engine.inUse(imageId, never)).toBe(false)
      await run(subject, { project: 'ends', image, argv: ['sh', '-c', 'exit 3'] })
      const ended = await until(subject, 'ends', ({ state }) => state === 'exited')
      expect(ended).toMatchObject({ exitCode: 3, pid: null, imageId })
      // Podman reads the clock in two places.
      expect(ended.finishedMs ?? 0).toBeGreaterThan((ended.startedMs ?? Infinity) - 1000)
      expect(await engine.inUse(imageId, never)).toBe(true)
    },
  },
  {
    name: 'when a container was only made then it never started',
    check: async (subject) => {
      const { image } = subject
      await must(subject, ['create', ...labels('made', 'web'), '--stop-timeout', '7', '--stop-signal', 'SIGINT', image])
      expect(await subject.engine.containers('made', 'web', never)).toMatchObject([
        { state: 'created', startedMs: null, exitCode: null, stopTimeoutSeconds: 7, stopSignal: 'SIGINT' },
      ])
    },
  },
  {
    name: 'D7: when a container dies again and again then its restarts are counted',
    check: async (subject) => {
      const image = await present(subject, 'loops', { fault: 'crashes' })
      await run(subject, { project: 'loops', image, flags: ['--restart', 'always'] })
      await until(subject, 'loops', ({ restarts }) => restarts >= 2)
    },
  },
  {
    name: 'when a container has a healthcheck then what it says is told',
    check: async (subject) => {
      const { image } = subject
      const flags = (command: string) => [
        '--health-cmd',
        command,
        '--health-interval',
        '200ms',
        '--health-retries',
        '1',
      ]
      const ids = [
        await run(subject, { project: 'well', image, flags: flags('true') }),
        await run(subject, { project: 'sick', image, flags: flags('echo no heart; false') }),
      ]
      for (const id of ids) await subject.runHealthcheck?.(id)
      await run(subject, { project: 'none', image })
      await until(subject, 'well', ({ health }) => health === 'healthy')
      const sick = await until(subject, 'sick', ({ health }) => health === 'unhealthy')
      expect(sick.healthOutput).toBe('no heart')
      await until(subject, 'none', ({ health }) => health === null)
    },
  },
  {
    name: 'when a container is stopped then it may end by itself; one that is stopped, or gone, is fine',
    check: async (subject) => {
      const { engine, image } = subject
      const id = await run(subject, {
        project: 'stops',
        image,
        argv: ['sh', '-c', 'trap "exit 5" TERM; echo up; while :; do sleep 0.1; done'],
      })
      await expect.poll(async () => (await engine.logs(id, 0, 5, never)).length).toBe(1)
      await engine.stop(id, 20, never)
      await until(subject, 'stops', ({ state, exitCode }) => state === 'exited' && exitCode === 5)
      await engine.stop(id, 20, never)
      await must(subject, ['rm', id])
      await engine.stop(id, null, never)
    },
  },
  {
    name: 'when a container ignores its signal then it is killed after the grace, its own where none is given',
    check: async (subject) => {
      const { engine, image } = subject
      const argv = ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']
      const [given, own] = [
        await run(subject, { project: 'deaf', image, argv }),
        await run(subject, { project: 'deaf-own', image, argv, flags: ['--stop-timeout', '2'] }),
      ]
      const begun = performance.now()
      await Promise.all([engine.stop(given, 1, never), engine.stop(own, null, never)])
      expect(performance.now() - begun).toBeGreaterThan(1900)
      expect(performance.now() - begun).toBeLessThan(9000)
      await until(subject, 'deaf', ({ state, exitCode }) => state === 'exited' && exitCode === 137)
    },
  },
  {
    name: 'when a container writes then the last lines of both outputs can be read, in their order',
    check: async (subject) => {
      const { engine, image } = subject
      const script = 'echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three'
      const id = await run(subject, { project: 'writes', image, argv: ['sh', '-c', script] })
      await until(subject, 'writes', ({ state }) => state === 'exited')
      const texts = async (sinceMs: number, linesMax: number) =>
        (await engine.logs(id, sinceMs, linesMax, never)).map(({ text }) => text)
      expect(await texts(0, 10)).toEqual(['one', 'two', 'three'])
      expect(await texts(Date.now() - 60_000, 2)).toEqual(['two', 'three'])
      expect(await texts(Date.now() + 60_000, 10)).toEqual([])
    },
  },
  {
    name: 'when a volume is asked for then its folder is told, and one that is not there is null',
    check: async (subject) => {
      const { engine } = subject
      await must(subject, ['volume', 'create', '--label', 'com.docker.compose.volume=data', 'shop_data'])
      const found = await engine.volume('shop_data', never)
      expect(found).toMatchObject({
        name: 'shop_data',
        driver: 'local',
        labels: { 'com.docker.compose.volume': 'data' },
      })
      expect(found?.mountpoint).toMatch(/^\/.*shop_data/)
      expect((await engine.volumes(never)).map(({ name }) => name)).toContain('shop_data')
      expect(await engine.volume('shop_dat', never)).toBeNull()
    },
  },
]
