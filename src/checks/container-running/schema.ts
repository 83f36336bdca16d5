import { z } from 'zod'

export const containerRunningSchema = z.strictObject({
  type: z.literal('container_running'),
  timeout_seconds: z.number().min(0).max(86_400).default(60),
  stable_seconds: z
    .number()
    .min(0)
    .max(3600)
    .default(3)
    .describe('How long it must have been running without a restart.'),
  container_name: z.string().max(250).optional(),
  description: z.string().max(500).optional(),
})

export type ContainerRunningConfig = z.infer<typeof containerRunningSchema>
