// needs: bed, containers
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Digest, digestSchema } from '../../src/core/model/names.ts'
import { problemOf } from '../../src/core/model/problem.ts'
import type { PruneImagesStep, PullStep, TagStep } from '../../src/core/plan/step.ts'
import { openEngine } from '../../src/host/containers/open.ts'
import type { ContainerEngine } from '../../src/host/containers/types.ts'
import { type StepRoom, stepRoom, verbs } from '../fakes/steps.ts'
import { type ContainerBed, startContainers } from '../e2e/bed/containers.ts'
import { type ImageRecipe, pushImage } from '../e2e/bed/images.ts'
import { type Registry, registryUser } from '../e2e/bed/registry.ts'

/** The contract of step handlers (src/steps/handlers.test.ts) for those whose subject is an engine of containers. */

const never = new AbortController().signal
let bed: ContainerBed
let closed: Registry
let engine: ContainerEngine
let room: StepRoom
beforeAll(async () => {
  ;[bed, room] = await Promise.all([startContainers(), stepRoom()])
  closed = await bed.anotherRegistry({ auth: true })
  engine = await openEngine({ host: bed.engine.host })
})
afterAll(async () => {
  await room?.[Symbol.asyncDispose]()
  await bed?.close()
})

interface Published {
  readonly repository: string
  readonly digest: Digest
  /** `repository@digest`. */
  readonly reference: string
  readonly bytes: number
}

async function publish(name: string, recipe: ImageRecipe, registry = bed.registry): Promise<Published> {
  const { digest, bytes } = await pushImage(registry, `steps/${name}`, recipe)
  const repository = `${registry.host}/steps/${name}`
  return { repository, digest: digestSchema.parse(digest), reference: `${repository}@${digest}`, bytes }
}

/** An image that is here, under a tag of its own as a person would have pulled it. */
async function here(name: string, version: string): Promise<Published & { readonly id: string }> {
  const published = await publish(name, { version })
  await engine.pull({ ...published, auth: null, onProgress: () => {} }, never)
  await engine.tag(published.reference, `${published.repository}:${version}`, never)
  return { ...published, id: await idOf(published.reference) }
}

async function idOf(reference: string): Promise<string> {
  const image = await engine.image(reference, never)
  if (image === null) throw new Error(`${reference} is not here`)
  return image.id
}

async function docker(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await bed.engine.docker(argv)
  if (code !== 0) throw new Error(`docker ${argv.join(' ')}: ${stderr}`)
  return stdout.trim()
}

/** Every name with its image, of all that is here: what a step could have changed. */
async function everyName(): Promise<readonly string[]> {
  const format = '{{.ID}} {{.Repository}}:{{.Tag}}@{{.Digest}}'
  return (await docker('image', 'ls', '--all', '--digests', '--no-trunc', '--format', format)).split('\n').toSorted()
}

const pullStep = ({ repository, digest, bytes }: Published, more: Partial<PullStep> = {}): PullStep => ({
  kind: 'pull',
  phase: 'before',
  detail: repository,
  engine: engine.host,
  repository,
  digest,
  statedBy: 'registry',
  source: { type: 'oci', image: repository },
  bytes,
  ...more,
})

const tagStep = (from: string, to: string, previous: string | null): TagStep => ({
  kind: 'tag',
  phase: 'before',
  detail: to,
  engine: engine.host,
  from,
  to,
  previous,
})

const pruneStep = (component: string, repository: string, keep: number): PruneImagesStep => ({
  kind: 'prune-images',
  phase: 'cleanup',
  detail: `keep ${keep}`,
  engine: engine.host,
  component,
  repository,
  keep,
})

/** Old versions of a component, each kept under its name as `tag` does it by a run of its own; the newest last. */
async function kept(component: string, versions: readonly string[]) {
  const images = []
  for (const [n, version] of versions.entries()) {
    const image = await here(component, version)
    await engine.tag(image.id, `belay.local/${component}:${version}-r-000000a${n}`, never)
    images.push(image)
  }
  const [first] = images
  if (first === undefined) throw new Error('no versions')
  return { images, repository: first.repository }
}

interface Scenario {
  readonly step: (name: string) => Promise<PullStep | TagStep | PruneImagesStep>
  readonly observed: readonly ['absent' | 'present', 'absent' | 'present']
  readonly undoes: 'all' | 'nothing'
}

const scenarios: Readonly<Record<string, Scenario>> = {
  pull: {
    step: async (name) => pullStep(await publish(name, { version: '1.0.0' })),
    observed: ['absent', 'present'],
    undoes: 'nothing',
  },
  'tag, a new name': {
    step: async (name) => tagStep((await here(name, '1.0.0')).id, `belay.local/${name}:1.0.0-r-00000001`, null),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'tag, a name that moves': {
    step: async (name) => {
      const [before, after] = [await here(name, '1.0.0'), await here(name, '1.1.0')]
      const latest = `${before.repository}:latest`
      await engine.tag(before.id, latest, never)
      return tagStep(after.reference, latest, before.id)
    },
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'prune-images': {
    step: async (name) => {
      const { repository } = await kept(name, ['1.0.0', '1.1.0', '1.2.0'])
      return pruneStep(name, repository, 1)
    },
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
}

describe.each(Object.entries(scenarios))('%s', (kind, { step, observed, undoes }) => {
  const staged = async (test: string) => verbs(room, await step(`${kind.replaceAll(/\W+/g, '-')}-${test}`))

  test('when it is applied again after a crash, then it ends as if applied once, and observe says so', async () => {
    const it = await staged('twice')
    expect(await it.observe()).toBe(observed[0])
    await it.apply()
    const once = await everyName()
    expect(await it.observe()).toBe(observed[1])
    await it.apply()
    expect(await everyName()).toEqual(once)
  })

  test('when it is undone without ever having been applied, then nothing changes', async () => {
    const it = await staged('never')
    const before = await everyName()
    await it.undo()
    expect(await everyName()).toEqual(before)
  })

  test('when it is undone, once and twice, then what it did is gone', async () => {
    const it = await staged('undone')
    const before = await everyName()
    await it.apply()
    const applied = await everyName()
    expect(applied).not.toEqual(before)
    for (const _ of ['once', 'twice']) {
      await it.undo()
      expect(await everyName()).toEqual(undoes === 'all' ? before : applied)
    }
  })
})

test('when an image comes then its bytes are told, and one that is here is not asked for again', async () => {
  const published = await publish('progress', { version: '1.0.0', payloadBytes: 2_000_000 })
  const it = verbs(room, pullStep(published, { bytes: null }))
  const told = room.told.length
  const facts = await it.apply()
  expect(facts).toMatchObject({ digest: published.digest, stated_by: 'registry' })
  expect(facts['bytes']).toBeGreaterThan(2_000_000)
  expect(room.told.slice(told)).toContain('2 of 2 layers')
  expect(await it.apply()).toEqual({ bytes: 0, present: true })
})

test('when the registry asks for a login then the one of the source is taken', async () => {
  const published = await publish('closed', { version: '1.0.0' }, closed)
  const problem = problemOf(
    await verbs(room, pullStep(published))
      .apply()
      .catch((error: unknown) => error),
  )
  expect(problem).toMatchObject({ code: 'E_UNAUTHORIZED', retryable: false })
  const password = room.at('password')
  await writeFile(password, registryUser.password)
  const source = {
    type: 'oci',
    image: published.repository,
    username: registryUser.username,
    password: { file: password },
  }
  await verbs(room, pullStep(published, { source })).apply()
  expect(await engine.image(published.reference, never)).not.toBeNull()
})

test('when what was checked is no longer published then nothing is pulled', async () => {
  const { repository } = await publish('missing', { version: '1.0.0' })
  const digest = digestSchema.parse(`sha256:${'0'.repeat(64)}`)
  const it = verbs(room, pullStep({ repository, digest, reference: '', bytes: 1 }))
  const before = await everyName()
  expect(problemOf(await it.apply().catch((error: unknown) => error))).toMatchObject({ code: 'E_NOT_FOUND' })
  expect(await everyName()).toEqual(before)
})

test('D6: when somebody names another image so meanwhile, then an undo leaves that alone', async () => {
  const [before, after, theirs] = [await here('d6', '1.0.0'), await here('d6', '1.1.0'), await here('d6', '2.0.0')]
  const latest = `${before.repository}:latest`
  for (const previous of [null, before.id]) {
    const it = verbs(room, tagStep(after.id, latest, previous))
    await it.apply()
    await engine.tag(theirs.id, latest, never)
    await it.undo()
    expect(await idOf(latest)).toBe(theirs.id)
    await engine.untag(latest, never)
    await it.undo()
    expect(await engine.image(latest, never)).toBeNull()
  }
})

test('when a failed container still holds the image whose only name was given then an undo does not fail for it', async () => {
  const image = await here('held', '1.0.0')
  const name = 'belay.local/held:1.0.0-r-00000001'
  const it = verbs(room, tagStep(image.id, name, null))
  await it.apply()
  await engine.untag(`${image.repository}:1.0.0`, never)
  await docker('create', image.id)
  await it.undo()
  expect(await engine.inUse(image.id, never)).toBe(true)
  expect(await engine.image(image.id, never)).not.toBeNull()
})

test('when the tag of a pulled image is undone then the name goes, and the old one is what it was', async () => {
  const before = await here('first', '1.0.0')
  const pulled = await publish('first', { version: '1.1.0' })
  await verbs(room, pullStep(pulled)).apply()
  const it = verbs(room, tagStep(pulled.reference, `${pulled.repository}:1.1.0`, null))
  await it.apply()
  for (const _ of ['once', 'twice']) await it.undo()
  expect(await engine.image(`${pulled.repository}:1.1.0`, never)).toBeNull()
  expect(await idOf(`${before.repository}:1.0.0`)).toBe(before.id)
})

const removedBy = async (step: PruneImagesStep) => {
  const { removed } = await verbs(room, step).apply()
  return Array.isArray(removed) ? removed.map(String).toSorted() : removed
}

test('when old images are pruned then the newest stay with all their names, and the others go with theirs', async () => {
  const { images, repository } = await kept('pruned', ['1.0.0', '1.1.0', '1.2.0', '1.3.0'])
  expect(await removedBy(pruneStep('pruned', repository, 2))).toEqual([
    `${repository}:1.0.0`,
    `${repository}:1.1.0`,
    'belay.local/pruned:1.0.0-r-000000a0',
    'belay.local/pruned:1.1.0-r-000000a1',
  ])
  const there = await Promise.all(images.map(async ({ id }) => (await engine.image(id, never))?.tags.length ?? 0))
  expect(there).toEqual([0, 0, 2, 2])
})

test('when a container uses an old image, running or not, then pruning leaves that with its names', async () => {
  const { images, repository } = await kept('used', ['1.0.0', '1.1.0', '1.2.0'])
  const [stopped, , newest] = images
  await docker('create', stopped?.id ?? '')
  await docker('run', '--detach', `${repository}:1.1.0`)
  const before = await everyName()
  expect(await removedBy(pruneStep('used', repository, 0))).toEqual([
    `${repository}:1.2.0`,
    'belay.local/used:1.2.0-r-000000a2',
  ])
  expect(await everyName()).toEqual(before.filter((line) => !line.startsWith(newest?.id ?? '')))
})

test('when an image has a name of somebody else’s, or of another component, then pruning leaves it that name', async () => {
  const { images, repository } = await kept('shared', ['1.0.0', '1.1.0'])
  const [oldest, newest] = images
  await engine.tag(oldest?.id ?? '', 'mine/shared:before', never)
  await engine.tag(oldest?.id ?? '', 'belay.local/shared2:1.0.0-r-000000a0', never)
  await engine.tag(newest?.id ?? '', 'belay.local/shared:1.1.0-r-000000a2', never)
  await removedBy(pruneStep('shared', repository, 1))
  expect((await engine.image(oldest?.id ?? '', never))?.tags).toEqual([
    'belay.local/shared2:1.0.0-r-000000a0',
    'docker.io/mine/shared:before',
  ])
  expect((await engine.image(newest?.id ?? '', never))?.tags).toHaveLength(3)
})

test('when somebody names an old image anew then the way back of this run is still the newest', async () => {
  const { images, repository } = await kept('anew', ['1.0.0', '1.1.0'])
  const [oldest, newest] = images
  await engine.tag(newest?.id ?? '', `belay.local/anew:1.1.0-${room.context.run}`, never)
  await engine.tag(oldest?.id ?? '', 'mine/anew:before', never)
  await verbs(room, pruneStep('anew', repository, 1)).apply()
  expect((await engine.image(newest?.id ?? '', never))?.tags).toHaveLength(3)
  expect((await engine.image(oldest?.id ?? '', never))?.tags).toEqual(['docker.io/mine/anew:before'])
})
