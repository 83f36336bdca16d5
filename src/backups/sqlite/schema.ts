import { z } from 'zod'

export const sqliteBackupSchema = z.strictObject({
  type: z.literal('sqlite'),
  path: z.string().startsWith('/', 'write an absolute path').max(4096).describe('The database file.'),
  optional: z.boolean().default(false).describe('Whether it may be missing, as before the first start of the program.'),
})

export type SqliteBackupConfig = z.infer<typeof sqliteBackupSchema>
