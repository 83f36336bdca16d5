import { z } from 'zod'

export const diskSpaceSchema = z.strictObject({
  type: z.literal('disk_space'),
  minimum_mb: z.number().min(0).max(1e9).default(0).describe('Free megabytes (of 1,048,576 bytes) that there must be.'),
  path: z
    .string()
    .startsWith('/')
    .optional()
    .describe('Where to look; default: every place that the update writes to.'),
  description: z.string().max(500).optional(),
})

export type DiskSpaceConfig = z.infer<typeof diskSpaceSchema>
