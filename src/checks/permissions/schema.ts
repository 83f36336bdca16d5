import { z } from 'zod'

export const permissionsSchema = z.strictObject({
  type: z.literal('permissions'),
  paths: z
    .array(z.string().startsWith('/'))
    .max(100)
    .optional()
    .describe('Places that must be writable. Left out: every place that the update writes to.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type PermissionsConfig = z.infer<typeof permissionsSchema>
