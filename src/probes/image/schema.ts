import { z } from 'zod'

/** Made by the strategy, never written by a person. */
export const imageProbeSchema = z
  .strictObject({
    type: z.literal('image'),
    engine: z.string(),
    project: z.string(),
    services: z.array(z.string()).min(1),
    /** The tag that is followed by its digest; null: versions are. */
    moving: z.string().nullable(),
  })
  .meta({ internal: true })

export type ImageProbeConfig = z.infer<typeof imageProbeSchema>
