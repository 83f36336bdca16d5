import { z } from 'zod'
import { pathKeys } from '../../host/data/path-keys.ts'

export const volumeBackupSchema = z.strictObject({
  type: z.literal('volume'),
  name: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'write the name of a volume, as "docker volume ls" shows it')
    .max(255)
    .describe('A named volume: its whole name, or the one that the compose file calls it by.'),
  engine: z.enum(['auto', 'docker', 'podman']).default('auto').describe('Whose volume it is.'),
  ...pathKeys,
})

export type VolumeBackupConfig = z.infer<typeof volumeBackupSchema>
