import { z } from 'zod'
import { isAbsolutePath } from './config/paths.ts'

/** What to tell someone who wrote a secret into the config. */
export const secretHint = 'a secret is never written here itself: use { env: NAME } or { file: PATH }'

export const environmentNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write the name of an environment variable')

/** Where a secret is kept; it is read at each use and never stored. */
export const secretSchema = z.union(
  [
    z.strictObject({ env: environmentNameSchema.describe('The name of an environment variable.') }),
    z.strictObject({
      file: z.string().refine(isAbsolutePath, 'write an absolute path').describe('A file that holds nothing else.'),
    }),
  ],
  { error: secretHint },
)
export type SecretPlace = z.infer<typeof secretSchema>
