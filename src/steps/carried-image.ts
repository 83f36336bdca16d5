import type { Digest } from '../core/model/names.ts'
import type { Facts } from '../core/model/problem.ts'
import type { PullStep } from '../core/plan/step.ts'
import { swapped } from '../host/bundle/failures.ts'
import { type BundledImage, bundledImage } from '../host/bundle/image.ts'
import { imageTar } from '../host/bundle/image-tar.ts'
import { type Bundle, openBundle } from '../host/bundle/read.ts'
import type { ContainerEngine } from '../host/containers/types.ts'
import { digestSchema } from '../core/model/names.ts'
import type { StepContext } from '../ports/step.ts'

type CarriedStep = PullStep & { readonly from: NonNullable<PullStep['from']> }

/** Gives an engine the image that the digest names, out of a bundle. */
export async function load(
  step: CarriedStep,
  engine: ContainerEngine,
  progress: StepContext['progress'],
  signal: AbortSignal,
): Promise<Facts> {
  const { from, digest, statedBy } = step
  const { bundle, image } = await imageIn(step, engine, signal)
  const ids = idsOf(image)
  const known = await engine.image(from.name, signal)
  if (known !== null && ids.includes(digestSchema.parse(known.id))) return { bytes: 0, present: true }
  const tar = counted(imageTar(bundle, image, from.name), (bytes) => progress(bytes, step.bytes, from.name))
  await engine.load({ name: from.name, ids, tar }, signal)
  return { bytes: 0, digest, stated_by: statedBy }
}

export async function observe(
  step: CarriedStep,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<'absent' | 'present'> {
  const found = await engine.image(step.from.name, signal)
  if (found === null) return 'absent'
  const { image } = await imageIn(step, engine, signal)
  return idsOf(image).includes(digestSchema.parse(found.id)) ? 'present' : 'absent'
}

async function imageIn({ from, digest }: CarriedStep, engine: ContainerEngine, signal: AbortSignal) {
  const bundle: Bundle = await openBundle(from.file)
  if (bundle.digest !== from.digest) throw swapped(from.file)
  const { platform } = await engine.version(signal)
  return { bundle, image: await bundledImage(bundle, digest, platform) }
}

/** An engine calls an image by its config or by its manifest. */
function idsOf({ config, manifest }: BundledImage): readonly Digest[] {
  return [config, manifest].map(({ sha256 }) => digestSchema.parse(`sha256:${sha256}`))
}

async function* counted(chunks: AsyncIterable<Uint8Array>, told: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    told(bytes)
    yield chunk
  }
}
