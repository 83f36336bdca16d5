import { basename, dirname, join } from 'node:path'
import { keptName, versionOfKept } from '../../core/image/kept.ts'
import { canonical, type ImageReference, parseReference, sameRepository } from '../../core/image/reference.ts'
import { referenceOfTag, runningTag, withoutDigest } from '../../core/image/running.ts'
import { fail, type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { EditStep, PruneImagesStep, Step, TagStep } from '../../core/plan/step.ts'
import { openEngine } from '../../host/containers/open.ts'
import type { Container, ContainerEngine, Image } from '../../host/containers/types.ts'
import { imageEdits } from '../../host/compose/edits.ts'
import type { Image as WrittenImage } from '../../host/compose/expression.ts'
import { isMountedAlone, locateImages } from '../../host/compose/locate.ts'
import type { ComposeModel } from '../../host/compose/model.ts'
import { newReference } from '../../host/compose/new-reference.ts'
import { composeConfig } from '../../host/compose/run.ts'
import { freeBytes } from '../../host/tree/places.ts'
import { exists } from '../../host/tree/stat.ts'
import { type Installed, type KeptVersion, noPhases, type Phases, type StrategyContext } from '../../ports/strategy.ts'
import { containersOf, firstFile, projectOf } from './inspect.ts'
import { type ComposeConfig, listOf } from './schema.ts'
import { signalWarnings } from './signals.ts'

/** Layers on the wire are usually a third of what they take unpacked; both are on disk for a moment. */
const unpackedFactor = 4

/** An image to move to: where it is named, and by what the engine finds it here. */
interface Aim {
  readonly reference: ImageReference
  /** `repo@sha256:…`, or the name that it is kept under. */
  readonly from: string
}

/** Everything that is asked of compose and the engine before a plan: reads only. */
interface Scene {
  readonly engine: ContainerEngine
  readonly model: ComposeModel
  /** Of every service of the project: an edit must not change one that is not meant. */
  readonly written: ReadonlyMap<string, WrittenImage>
  readonly containers: readonly Container[]
  readonly root: string | null
}

export async function planUpdate(
  config: ComposeConfig,
  _now: Installed,
  to: VerifiedRelease,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const reference = parseReference(to.artifact.name)
  if (reference === null || to.digest === null) return noDigest(to)
  const scene = await look(config, context)
  const refused = refusal(scene, reference, config)
  if (refused !== null) return refused
  const repository = `${reference.host}/${reference.repository}`
  const engine = scene.engine.host
  const pull: Step = {
    kind: 'pull',
    phase: 'before',
    detail: canonical(reference),
    engine,
    repository,
    digest: to.digest,
    statedBy: to.statedBy,
    source: context.source,
    bytes: to.artifact.bytes,
  }
  const prune = pruneStep(config, scene, repository, context)
  const needBytes = (to.artifact.bytes ?? 0) * unpackedFactor
  const short = scene.root !== null && freeBytes(scene.root) < needBytes
  return {
    ...(await move(
      config,
      { reference: { ...reference, digest: to.digest }, from: `${repository}@${to.digest}` },
      scene,
      context,
    )),
    before: [pull, ...(await keepSteps(scene, context))],
    // The way back of now is what runs; of the older ones one is enough where the disk is short.
    room: short ? [{ ...prune, phase: 'before', detail: 'keep 1: the disk is short', keep: 1 }] : [],
    cleanup: [prune],
    needBytes,
  }
}

/** The image is still here: no registry is asked. */
export async function planBack(
  config: ComposeConfig,
  _now: Installed,
  to: KeptVersion,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const scene = await look(config, context)
  const image = await scene.engine.image(to.path, context.signal)
  const reference = image === null ? null : keptReference(scene, image, to)
  if (image === null || reference === null) {
    return problem('E_NO_WAY_BACK', `The image of ${to.version ?? 'the version before'} is no longer here.`, {
      hint: 'Name a version that is still published: belay rollback NAME --to VERSION.',
    })
  }
  return {
    ...(await move(config, { reference, from: image.id }, scene, context)),
    before: await keepSteps(scene, context),
    cleanup: [],
  }
}

async function look(config: ComposeConfig, context: StrategyContext): Promise<Scene> {
  const { signal } = context
  const engine = await openEngine({ engine: config.engine, signal })
  const project = await projectOf(config)
  const compose = {
    files: listOf(config.file),
    project,
    profiles: config.profiles,
    envFile: config.env_file ?? null,
    directory: null,
    engine: engine.host,
  }
  // Whatever compose would refuse it refuses now, while everything runs.
  const model = await composeConfig(compose, signal)
  const [written, containers, { root }] = await Promise.all([
    locateImages(compose, model, listOf(config.service)),
    containersOf(engine, project, config, signal),
    engine.version(signal),
  ])
  // An engine elsewhere has its disk there.
  const here = root !== null && engine.host.startsWith('unix:') && (await exists(root))
  return { engine, model, written, containers, root: here ? root : null }
}

async function move(config: ComposeConfig, aim: Aim, scene: Scene, context: StrategyContext) {
  const { engine } = scene
  const name = withoutDigest(aim.reference)
  const previous = await engine.image(name, context.signal)
  const edits = await editSteps(config, scene, aim.reference, context)
  const tag: TagStep = {
    kind: 'tag',
    phase: 'stopped',
    detail: name,
    engine: engine.host,
    from: aim.from,
    to: name,
    previous: previous?.id ?? null,
  }
  return {
    ...noPhases,
    stopped: [tag, ...edits],
    stop: 'replace' as const,
    downloads: false,
    // Two components in one file may not edit it at the same time.
    locks: [...new Set([firstFile(config), ...edits.map(({ path }) => path)])].map((path) => `path:${path}` as const),
    paths: edits.length === 0 ? [dirname(firstFile(config))] : [...new Set(edits.map(({ path }) => path))],
    disk: scene.root,
    warnings: signalWarnings(scene.containers, config),
  } satisfies Partial<Phases>
}

/** Each scalar as it must become: in the shape in which it is written now. */
async function editSteps(
  config: ComposeConfig,
  scene: Scene,
  { tag, digest }: ImageReference,
  context: StrategyContext,
): Promise<readonly EditStep[]> {
  const changes = new Map<string, string>()
  for (const service of listOf(config.service)) {
    const { reference } = writtenOf(scene, service)
    if (digest === null && parseReference(reference)?.digest) throw notPinned(service, reference)
    changes.set(service, tag === null ? reference : newReference(reference, tag, digest))
  }
  const edits = imageEdits(scene.written, changes)
  return Promise.all(
    edits.map(
      async (edit, i): Promise<EditStep> => ({
        kind: 'edit',
        phase: 'stopped',
        detail: `${edit.from} → ${edit.to} in ${edit.path}`,
        ...edit,
        temporary: join(dirname(edit.path), `.${basename(edit.path)}.${context.run}`),
        inPlace: await isMountedAlone(scene.model, edit.path),
        saved: join(context.runDir, `edit-${i}`),
      }),
    ),
  )
}

function notPinned(service: string, reference: string) {
  return fail(
    'E_NO_WAY_BACK',
    `${service} is pinned as ${reference}, and no registry has given the kept image a digest.`,
    {
      hint: 'Write a tag instead of the digest into the compose file, then go back again.',
    },
  )
}

function writtenOf({ written }: Scene, service: string): WrittenImage {
  const found = written.get(service)
  if (found === undefined) throw new Error(`the image of ${service} was not located`)
  return found
}

/** What runs keeps a name of its own before anything can take its tag away. */
async function keepSteps(scene: Scene, context: StrategyContext): Promise<readonly TagStep[]> {
  const images = new Map(scene.containers.map((container) => [container.imageId, container]))
  const steps = [...images.values()].map(async (container): Promise<TagStep> => {
    const image = await scene.engine.image(container.imageId, context.signal)
    return {
      kind: 'tag',
      phase: 'before',
      detail: `${container.imageReference} as the way back`,
      engine: scene.engine.host,
      from: container.imageId,
      to: keptName(context.component, whatRuns(container, image), context.run),
      previous: null,
    }
  })
  return Promise.all(steps)
}

/** The tag, and for a tag that moves the digest with it. */
function whatRuns(container: Container, image: Image | null): string | null {
  const reference = parseReference(container.imageReference)
  return reference === null ? null : runningTag(reference, image?.digests ?? [])
}

/** How the kept image is to be named again: by its tag of then, in the repository that the file names. */
function keptReference(scene: Scene, image: Image, kept: KeptVersion): ImageReference | null {
  const tag = versionOfKept(kept.path)
  const [first] = scene.containers
  const repository = parseReference(first?.imageReference ?? '')
  return tag === null || repository === null ? null : referenceOfTag(tag, repository, image.digests)
}

function pruneStep(config: ComposeConfig, scene: Scene, repository: string, context: StrategyContext): PruneImagesStep {
  return {
    kind: 'prune-images',
    phase: 'cleanup',
    detail: `keep ${config.keep_images}`,
    engine: scene.engine.host,
    component: context.component,
    repository,
    keep: config.keep_images,
  }
}

/** All services of a component move to one image. */
function refusal(scene: Scene, to: ImageReference, config: ComposeConfig): Problem | null {
  for (const service of listOf(config.service)) {
    const { reference, owner } = writtenOf(scene, service)
    const from = parseReference(reference)
    if (from !== null && sameRepository(from, to)) continue
    return problem('E_TARGET_FOREIGN', `${owner.path} runs ${reference}, and the source offers ${canonical(to)}.`, {
      hint: `Set source.image to the image of ${listOf(config.service).join(', ')}, or name the right service.`,
    })
  }
  return null
}

function noDigest({ artifact }: VerifiedRelease): Problem {
  return problem('E_NO_ASSET', `${artifact.name} is no image with a digest, which strategy compose needs.`, {
    hint: 'Use source: { type: oci, image: … }.',
  })
}
