import { basename, dirname, join } from 'node:path'
import { keptName } from '../../core/image/kept.ts'
import { type ImageReference, parseReference } from '../../core/image/reference.ts'
import { runningTag } from '../../core/image/running.ts'
import { fail } from '../../core/model/problem.ts'
import type { EditStep, PruneImagesStep, TagStep } from '../../core/plan/step.ts'
import { imageEdits } from '../../host/compose/edits.ts'
import { isMountedAlone } from '../../host/compose/locate.ts'
import { newReference } from '../../host/compose/new-reference.ts'
import type { Container, Image } from '../../host/containers/types.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import { movingTag } from './inspect.ts'
import { type Scene, writtenOf } from './scene.ts'
import { type ComposeConfig, listOf } from './schema.ts'

/** Each scalar as it must become: in the shape in which it is written now. */
export async function editSteps(
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

/** What runs keeps a name of its own before anything can take its tag away. */
export async function keepSteps(scene: Scene, context: StrategyContext): Promise<readonly TagStep[]> {
  const images = new Map(scene.containers.map((container) => [container.imageId, container]))
  const steps = [...images.values()].map(async (container): Promise<TagStep> => {
    const image = await scene.engine.image(container.imageId, context.signal)
    return {
      kind: 'tag',
      phase: 'before',
      detail: `${container.imageReference} as the way back`,
      engine: scene.engine.host,
      from: container.imageId,
      to: keptName(context.component, whatRuns(container, image, movingTag(context)), context.run),
      previous: null,
    }
  })
  return Promise.all(steps)
}

/** The tag, and for a tag that moves the digest with it. */
function whatRuns(container: Container, image: Image | null, moving: string | null): string | null {
  const reference = parseReference(container.imageReference)
  return reference === null ? null : runningTag(reference, image?.digests ?? [], moving)
}

export function pruneStep(
  config: ComposeConfig,
  scene: Scene,
  repository: string,
  context: StrategyContext,
): PruneImagesStep {
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
