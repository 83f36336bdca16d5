import { z } from 'zod'
import { isInsidePath } from '../../host/read-inside.ts'

export const packageProbeSchema = z.strictObject({
  type: z.literal('package'),
  package: z
    .string()
    .min(1)
    .max(4096)
    .refine(isInsidePath, 'name a package, or a metadata file in the installed tree')
    .describe('An npm or Python package, or a file: package.json, pyproject.toml, METADATA, PKG-INFO.'),
})

export type PackageProbeConfig = z.infer<typeof packageProbeSchema>
