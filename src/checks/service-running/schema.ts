import { z } from 'zod'

export const serviceRunningSchema = z.strictObject({
  type: z.literal('service_running'),
  service_name: z.string().max(250).optional(),
  description: z.string().max(500).optional(),
})

export type ServiceRunningConfig = z.infer<typeof serviceRunningSchema>
