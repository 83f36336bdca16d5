import { z } from 'zod'
import type { ImageReference } from '../../image/reference.ts'
import { canonical, parseReference } from '../../image/reference.ts'
import { type Digest, digestSchema } from '../../model/names.ts'
import type { Problem } from '../../model/problem.ts'
import { imageRefused, otherImage } from './failures.ts'
import { jsonOf } from './statement.ts'

/** What cosign signs for an image ("simple signing"). */
export const imagePayloadBytesMax = 64 * 1024

const payloadSchema = z.object({
  critical: z.object({
    type: z.enum(['cosign container image signature', 'atomic container signature']),
    image: z.object({ 'docker-manifest-digest': digestSchema }),
    identity: z.object({ 'docker-reference': z.string().max(1000) }),
  }),
})

type Named = Pick<ImageReference, 'host' | 'repository'>

/**
 * Whether a signed payload is about this very image. The name counts too: a registry that copies a genuine signature of
 * another repository of the same publisher would else pass an old tool for a new one. An empty name is what cosign
 * writes when it was told to leave it out; then the digest alone says what was signed.
 */
export function checkImagePayload(payload: Uint8Array, image: Named, digest: Digest): Problem | null {
  const name = canonical({ ...image, tag: null, digest: null })
  const shown = `${name}@${digest}`
  if (payload.length > imagePayloadBytesMax) return imageRefused(shown, 'what is signed is too large')
  const read = payloadSchema.safeParse(jsonOf(payload))
  if (!read.success) return imageRefused(shown, 'what is signed is no description of an image')
  const { image: signed, identity } = read.data.critical
  if (signed['docker-manifest-digest'] !== digest) return otherImage(shown, signed['docker-manifest-digest'])
  const reference = identity['docker-reference']
  if (reference === '') return null
  const named = parseReference(reference)
  const same = named !== null && named.host === image.host && named.repository === image.repository
  return same ? null : otherImage(shown, reference.slice(0, 300))
}
