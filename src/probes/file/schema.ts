import { z } from 'zod'

const insideTree = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'name a file inside the installation')

export const fileProbeSchema = z.strictObject({
  type: z.literal('file'),
  file: insideTree.describe('The file that tells the version, from the root of the installation.'),
  json: z
    .string()
    .regex(/^(\/[^/]*)*$/, 'a JSON pointer looks like /version')
    .optional()
    .describe('The value in a JSON file.'),
  pattern: z.string().min(1).max(500).optional().describe('A regular expression with one group, asked of each line.'),
})

export type FileProbeConfig = z.infer<typeof fileProbeSchema>
