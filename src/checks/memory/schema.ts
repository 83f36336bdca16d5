import { z } from 'zod'

export const memorySchema = z.strictObject({
  type: z.literal('memory'),
  minimum_mb: z.number().positive().max(1e9).describe('Available megabytes (of 1,048,576 bytes) that there must be.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type MemoryConfig = z.infer<typeof memorySchema>
