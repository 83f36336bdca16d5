import { z } from 'zod'

export const diskSpaceSchema = z.strictObject({
  type: z.literal('disk_space'),
  minimum_mb: z.number().min(0).max(1e9).default(0).describe('Free megabytes (of 1,048,576 bytes) that there must be.'),
  path: z
    .string()
    .startsWith('/')
    .optional()
    .describe('Where to look. Left out: every place that the update writes to.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type DiskSpaceConfig = z.infer<typeof diskSpaceSchema>
