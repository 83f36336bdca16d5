import { z } from 'zod'

/** Made by the strategy, never written by a person. */
export const gitProbeSchema = z
  .strictObject({
    type: z.literal('git'),
    /** The pattern of tags that are followed; null: commits are. */
    tags: z.string().nullable(),
  })
  .meta({ internal: true })

export type GitProbeConfig = z.infer<typeof gitProbeSchema>
