import { z } from 'zod'
import { canonical, isTag, parseReference } from '../../core/image/reference.ts'
import type { Spec } from '../../core/model/names.ts'
import { loginKeys } from '../../host/registry/credentials.ts'

const imageKey = z.string().superRefine((text, context) => {
  const message = refusal(text)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

/** What is followed is named without what changes from release to release. null: it may stand. */
function refusal(text: string): string | null {
  const reference = parseReference(text)
  if (reference === null) return 'write an image as docker pull takes it: ghcr.io/owner/app'
  const { tag, digest } = reference
  const bare = text.split('@')[0]?.slice(0, tag === null ? undefined : -(tag.length + 1)) ?? ''
  if (digest !== null) return `a digest never changes, so it cannot be followed. Leave it out: ${bare}`
  return tag === null ? null : `write the tag as a key of its own: image: ${bare}, tag: "${tag}"`
}

const tagKey = z
  .string({ error: 'write it in quotes, as in "1.20": without them it is a number' })
  .refine(isTag, 'write a tag as it stands after the colon: letters, digits, "_", "." and "-"')

/** `releases` adds what a registry does not know. Its own schemas are handed in: sources know no sources. */
export function ociSchema(releases: z.ZodType<Spec>) {
  return z
    .strictObject({
      type: z.literal('oci'),
      image: imageKey.describe('The image without a tag, as docker pull takes it: ghcr.io/owner/app.'),
      tag: tagKey
        .optional()
        .describe(
          'Follow this one tag by its digest, such as "latest". Left out: the tag that the compose file names, and from a version on to newer ones.',
        ),
      prereleases: z.boolean().default(false).describe('Whether tags of prereleases are offered.'),
      releases: releases
        .optional()
        .describe('A source that adds release notes and marks prereleases; its versions are those of the tags.'),
      ...loginKeys,
    })
    .refine(({ username, password }) => (username === undefined) === (password === undefined), {
      error: 'give username and password together',
      path: ['password'],
    })
}

export type OciConfig = z.infer<ReturnType<typeof ociSchema>>

/** The image that a valid config names. */
export function imageOf({ image }: OciConfig) {
  const reference = parseReference(image)
  if (reference === null) throw new Error(`the schema lets ${image} pass`)
  const { host, repository } = reference
  return { host, repository, name: canonical({ host, repository, tag: null, digest: null }) }
}
export type Image = ReturnType<typeof imageOf>
