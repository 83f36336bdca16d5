import { z } from 'zod'

export const versionCheckSchema = z.strictObject({
  type: z.literal('version_check'),
  timeout_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(30)
    .describe('Seconds that a program may take to tell its version.'),
  expected_version: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('The version that must run. Left out: the one that the update installs.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type VersionCheckConfig = z.infer<typeof versionCheckSchema>
