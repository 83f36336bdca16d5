import { z } from 'zod'

export const backupExistsSchema = z.strictObject({
  type: z.literal('backup_exists'),
  max_age_hours: z.number().positive().max(1e6).optional().describe('How old the newest way back may be.'),
  description: z.string().max(500).optional(),
})

export type BackupExistsConfig = z.infer<typeof backupExistsSchema>
