import { isAbsolute } from 'node:path'
import { z } from 'zod'

const file = z.string().refine(isAbsolute)

/** Made by the strategy, never written by a person. */
export const treeProbeSchema = z
  .strictObject({
    type: z.literal('tree'),
    /** What was installed last. */
    record: file,
    /** What is known of the tree without reading it. */
    stats: file,
  })
  .meta({ internal: true })

export type TreeProbeConfig = z.infer<typeof treeProbeSchema>
