import { z } from 'zod'

export const permissionsSchema = z.strictObject({
  type: z.literal('permissions'),
  paths: z
    .array(z.string().startsWith('/'))
    .max(100)
    .optional()
    .describe('Default: every place that the update writes to.'),
  description: z.string().max(500).optional(),
})

export type PermissionsConfig = z.infer<typeof permissionsSchema>
