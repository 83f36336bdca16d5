import { dirname } from 'node:path'
import { z } from 'zod'
import { versionOfKept } from '../../core/image/kept.ts'
import { followed } from '../../core/image/family.ts'
import { canonical, type ImageReference, parseReference } from '../../core/image/reference.ts'
import { referenceOfTag, withoutDigest } from '../../core/image/running.ts'
import { digestSchema } from '../../core/model/names.ts'
import { BelayError, type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import type { PullStep, ServiceRef, Step, TagStep } from '../../core/plan/step.ts'
import type { Image } from '../../host/containers/types.ts'
import { freeBytes } from '../../host/tree/places.ts'
import { type Installed, type KeptVersion, noPhases, type Phases, type StrategyContext } from '../../ports/strategy.ts'
import { firstFile, sidesOf } from './inspect.ts'
import { overrideWarnings } from './overrides.ts'
import { look, refusal, type Scene, writtenOf } from './scene.ts'
import { type ComposeConfig, listOf } from './schema.ts'
import { inSlots, inTwoSlots, servingSlot, type SlotSides } from './slots.ts'
import { signalWarnings } from './signals.ts'
import { editSteps, keepSteps, pruneStep } from './steps.ts'

/** Layers on the wire are usually a third of what they take unpacked; both are on disk for a moment. */
const unpackedFactor = 4

/** An image to move to: where it is named, and by what the engine finds it here. */
interface Aim {
  readonly reference: ImageReference
  /** `repo@sha256:…`, or the name that it is kept under. */
  readonly from: string
}

export async function planUpdate(
  config: ComposeConfig,
  now: Installed,
  to: VerifiedRelease,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const reference = parseReference(to.artifact.name)
  if (reference === null || to.digest === null) return noDigest(to)
  const sides = inTwoSlots(config) ? await sidesOf(config, context) : null
  const own = sides === null ? config : await servedConfig(config, sides, context)
  const scene = await look(own, context)
  const refused = refusal(scene, reference, own)
  if (refused !== null) return refused
  const repository = `${reference.host}/${reference.repository}`
  const engine = scene.engine.host
  const from = carriedIn(context, withoutDigest(reference))
  const pinned = from === null ? null : refuseByDigest(scene, own, reference, context)
  if (pinned !== null) return pinned
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
    ...(from === null ? {} : { from }),
  }
  const prune = pruneStep(config, scene, repository, context)
  const needBytes = (to.artifact.bytes ?? 0) * unpackedFactor
  const short = scene.root !== null && freeBytes(scene.root) < needBytes
  const aim: Aim = {
    reference: { ...reference, digest: to.digest },
    from: from?.name ?? `${repository}@${to.digest}`,
  }
  const phases: Phases = {
    ...(await move(own, now, aim, scene, context)),
    before: [pull, ...(await keepSteps(scene, context))],
    // The way back of now is what runs; of the older ones one is enough where the disk is short.
    room: short ? [{ ...prune, phase: 'before', detail: 'keep 1: the disk is short', keep: 1 }] : [],
    cleanup: [prune],
    needBytes,
  }
  return sides === null ? leavingNothing(phases, scene) : besides(config, sides, now, aim, phases, context)
}

/** A first installation that is taken back leaves no container. */
function leavingNothing(phases: Phases, { containers }: Scene): Phases {
  const { service } = phases
  if (service === null || containers.length > 0) return phases
  return { ...phases, service: { ...service, spec: { ...service.spec, fresh: true } } }
}

/** The config of the slot that people get. */
async function servedConfig(config: ComposeConfig, sides: SlotSides, context: StrategyContext): Promise<ComposeConfig> {
  return inTwoSlots(config) ? sides[await servingSlot(config, sides, context)].config : config
}

/** The same move in the other slot, while this one serves. */
async function besides(
  config: ComposeConfig,
  sides: SlotSides,
  now: Installed,
  aim: Aim,
  phases: Phases,
  context: StrategyContext,
): Promise<Phases | Problem> {
  if (!inTwoSlots(config)) return phases
  const active = await servingSlot(config, sides, context)
  const fill = async (to: Slot) => {
    const side = sides[to]
    const scene = await look(side.config, context)
    const refused = refusal(scene, aim.reference, side.config)
    if (refused !== null) throw new BelayError(refused)
    const image = await scene.engine.image(aim.from, context.signal)
    const stands =
      image !== null &&
      side.containers.length > 0 &&
      side.containers.every(({ imageId, state }) => imageId === image.id && state === 'running')
    return { steps: stands ? [] : (await move(side.config, now, aim, scene, context)).stopped, stands }
  }
  return inSlots(config, sides, active, fill, phases, context)
}

/** The image is still here: no registry is asked. */
export async function planBack(
  config: ComposeConfig,
  now: Installed,
  to: KeptVersion,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const sides = inTwoSlots(config) ? await sidesOf(config, context) : null
  const own = sides === null ? config : await servedConfig(config, sides, context)
  const scene = await look(own, context)
  const image = await scene.engine.image(to.path, context.signal)
  const reference = image === null ? null : keptReference(scene, image, to)
  if (image === null || reference === null) {
    return problem('E_NO_WAY_BACK', `The image of ${to.version ?? 'the version before'} is no longer here.`, {
      hint: 'Name a version that is still published: belay rollback NAME --to VERSION.',
    })
  }
  const aim: Aim = { reference, from: image.id }
  const phases: Phases = {
    ...(await move(own, now, aim, scene, context)),
    before: await keepSteps(scene, context),
    cleanup: [],
  }
  return sides === null ? phases : besides(config, sides, now, aim, phases, context)
}

/** The compose program that was found is not looked for again inside the outage: one in Python takes half a second to answer. */
function startedBy({ service }: Installed, { model }: Scene): ServiceRef | null {
  if (service === null) return null
  const { argv, version, generation } = model.program
  return { ...service.ref, spec: { ...service.ref.spec, program: { argv: [...argv], version, generation } } }
}

async function move(config: ComposeConfig, now: Installed, aim: Aim, scene: Scene, context: StrategyContext) {
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
    service: startedBy(now, scene),
    downloads: false,
    // Two components in one file may not edit it at the same time.
    locks: [...new Set([firstFile(config), ...edits.map(({ path }) => path)])].map((path) => `path:${path}` as const),
    paths: edits.length === 0 ? [dirname(firstFile(config))] : [...new Set(edits.map(({ path }) => path))],
    disk: scene.root,
    warnings: [...signalWarnings(scene.containers, config), ...overrideWarnings(scene.containers, config)],
  } satisfies Partial<Phases>
}

/** How the kept image is to be named again: by its tag of then, in the repository that the file names. */
function keptReference(scene: Scene, image: Image, kept: KeptVersion): ImageReference | null {
  const tag = versionOfKept(kept.path)
  const [first] = scene.containers
  const repository = parseReference(first?.imageReference ?? '')
  return tag === null || repository === null ? null : referenceOfTag(tag, repository, image.digests)
}

const bundleSchema = z.object({ file: z.string(), digest: digestSchema })

/** null: it comes from a registry. */
function carriedIn({ source }: StrategyContext, name: string): NonNullable<PullStep['from']> | null {
  const bundle = bundleSchema.safeParse(source['bundle']).data
  return bundle === undefined ? null : { ...bundle, name }
}

/** Engines know the digest of what a registry gave them, and of nothing else. */
function refuseByDigest(
  scene: Scene,
  config: ComposeConfig,
  { tag }: ImageReference,
  { source }: StrategyContext,
): Problem | null {
  const written = listOf(config.service).map((service) => writtenOf(scene, service).reference)
  const pinned = written.find((text) => (parseReference(text)?.digest ?? null) !== null)
  if (pinned === undefined && tag !== null && followed(source, tag)?.byDigest !== true) return null
  return problem(
    'E_TARGET_FOREIGN',
    `${pinned ?? written[0] ?? tag} is followed by its digest, which an image from a bundle does not have.`,
    {
      hint: 'Write a tag that names a version into the compose file (image: NAME:1.2.0), and leave source.tag out.',
    },
  )
}

function noDigest({ artifact }: VerifiedRelease): Problem {
  return problem('E_NO_ASSET', `${artifact.name} is no image with a digest, which strategy compose needs.`, {
    hint: 'Use source: { type: oci, image: … }.',
  })
}
