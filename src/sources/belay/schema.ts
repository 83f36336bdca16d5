import { z } from 'zod'
import { addressKey, releaseKeys } from '../../core/release/spec.ts'
import { tokenKeys } from '../../host/secrets.ts'

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, "-", "_" or ".", at most 64')

const { asset, prereleases } = releaseKeys

/** `url` is the folder that `belay release publish` writes: any static host serves it. */
export const belayConfigSchema = z.strictObject({
  type: z.literal('belay'),
  url: addressKey.describe('The address of the repository: the folder that holds metadata and targets.'),
  root: z
    .string()
    .min(1)
    .describe(
      'The path of the root.json that the publisher gave you, by another way than that address. Every later one is proven by it.',
    ),
  product: slug.describe('The product, as its publisher calls it.'),
  channel: slug.default('stable').describe('The channel, such as stable or nightly.'),
  asset,
  prereleases,
  ...tokenKeys,
})
export type BelayConfig = z.infer<typeof belayConfigSchema>
