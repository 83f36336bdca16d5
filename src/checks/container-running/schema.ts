import { z } from 'zod'

export const containerRunningSchema = z.strictObject({
  type: z.literal('container_running'),
  timeout_seconds: z.number().min(0).max(86_400).default(60).describe('Seconds that it may take to be running.'),
  stable_seconds: z
    .number()
    .min(0)
    .max(3600)
    .default(3)
    .describe('Seconds that it must have been running without a restart.'),
  container_name: z
    .string()
    .max(250)
    .optional()
    .describe(
      'A name from an update manifest: the check fails where it is not one of the component. All of them are looked at.',
    ),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type ContainerRunningConfig = z.infer<typeof containerRunningSchema>
