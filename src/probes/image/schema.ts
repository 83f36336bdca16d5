import { z } from 'zod'

/** Made by the strategy, never written by a person. */
export const imageProbeSchema = z.strictObject({
  type: z.literal('image'),
  engine: z.string(),
  project: z.string(),
  services: z.array(z.string()).min(1),
})

export type ImageProbeConfig = z.infer<typeof imageProbeSchema>
