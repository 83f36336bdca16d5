import { z } from 'zod'

export const backupExistsSchema = z.strictObject({
  type: z.literal('backup_exists'),
  max_age_hours: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe('Hours: how old the newest way back may be. Left out: any age.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type BackupExistsConfig = z.infer<typeof backupExistsSchema>
