import { z } from 'zod'

export const serviceRunningSchema = z.strictObject({
  type: z.literal('service_running'),
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

export type ServiceRunningConfig = z.infer<typeof serviceRunningSchema>
