import { z } from 'zod'

export const serviceActiveSchema = z.strictObject({
  type: z.literal('service_active'),
  timeout_seconds: z.number().min(0).max(86_400).default(30),
  stable_seconds: z
    .number()
    .min(0)
    .max(3600)
    .default(3)
    .describe('How long it must have been running without a restart.'),
  service_name: z.string().max(250).optional(),
  description: z.string().max(500).optional(),
})

export type ServiceActiveConfig = z.infer<typeof serviceActiveSchema>
