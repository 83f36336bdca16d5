import { z } from 'zod'

const pattern = z.string().min(1).max(1000)
const patterns = z.array(pattern).max(1000)

export const pathBackupSchema = z.strictObject({
  type: z.literal('path'),
  path: z.string().startsWith('/', 'write an absolute path').max(4096).describe('A folder or a file.'),
  include: patterns
    .default([])
    .describe('Patterns of what is saved, by segment from the folder on; default: everything.'),
  exclude: patterns
    .default([])
    .describe('Patterns of what is not saved, and stays as it is when a backup is restored.'),
  optional: z
    .union([z.boolean(), patterns])
    .default(false)
    .describe('What may be missing or unreadable: all of it (true), or what these patterns match.'),
})

export type PathBackupConfig = z.infer<typeof pathBackupSchema>
