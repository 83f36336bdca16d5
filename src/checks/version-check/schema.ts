import { z } from 'zod'

export const versionCheckSchema = z.strictObject({
  type: z.literal('version_check'),
  timeout_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(30)
    .describe('How long a program may take to tell its version.'),
  expected_version: z.string().min(1).max(128).optional().describe('Default: the version that the update installs.'),
  description: z.string().max(500).optional(),
})

export type VersionCheckConfig = z.infer<typeof versionCheckSchema>
