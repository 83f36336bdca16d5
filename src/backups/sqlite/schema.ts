import { z } from 'zod'

export const sqliteBackupSchema = z.strictObject({
  type: z.literal('sqlite'),
  path: z.string().startsWith('/', 'write an absolute path').max(4096).describe('The database file.'),
  optional: z.boolean().default(false).describe('It may not be there yet.'),
})

export type SqliteBackupConfig = z.infer<typeof sqliteBackupSchema>
