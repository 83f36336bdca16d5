import { z } from 'zod'

export const packageProbeSchema = z.strictObject({
  type: z.literal('package'),
  package: z
    .string()
    .regex(/^(?:@[\w.-]+\/)?[\w.-]+$/, 'write package.json, or the name of an installed package')
    .describe('package.json of the installation, or a package installed in it (node_modules, a Python environment).'),
})

export type PackageProbeConfig = z.infer<typeof packageProbeSchema>
