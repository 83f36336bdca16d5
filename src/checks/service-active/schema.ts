import { z } from 'zod'

export const serviceActiveSchema = z.strictObject({
  type: z.literal('service_active'),
  timeout_seconds: z.number().min(0).max(86_400).default(30).describe('Seconds that it may take to become active.'),
  stable_seconds: z
    .number()
    .min(0)
    .max(3600)
    .default(3)
    .describe('Seconds that it must have been running without a restart.'),
  service_name: z
    .string()
    .max(250)
    .optional()
    .describe(
      "A name from an update manifest: the check fails where it is not the component's own. Left out: the component's own service.",
    ),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type ServiceActiveConfig = z.infer<typeof serviceActiveSchema>
