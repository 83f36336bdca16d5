import { z } from 'zod'
import { pathKeys } from '../../host/data/path-keys.ts'

export const pathBackupSchema = z.strictObject({
  type: z.literal('path'),
  path: z.string().startsWith('/', 'write an absolute path').max(4096).describe('A folder or a file.'),
  ...pathKeys,
})

export type PathBackupConfig = z.infer<typeof pathBackupSchema>
