import { z } from 'zod'
import { isInsidePath } from '../../host/read-inside.ts'

/** The groups of a pattern; null when it is no pattern. The added empty branch always matches and shows them all. */
function groupsOf(pattern: string): number | null {
  try {
    return (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1
  } catch {
    return null
  }
}

export const fileProbeSchema = z
  .strictObject({
    type: z.literal('file'),
    file: z
      .string()
      .min(1)
      .max(4096)
      .refine(isInsidePath, 'name a file in the installed tree, without a leading / or ..')
      .describe('A file in the installed tree. Alone, its first line is the version.'),
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine((pattern) => groupsOf(pattern) !== null, 'this is no regular expression')
      .refine((pattern) => (groupsOf(pattern) ?? 1) === 1, 'a pattern has exactly one group, which is the version')
      .optional()
      .describe('For a source file: a regular expression with one group, tried on each line.'),
    json: z
      .string()
      .regex(/^(\/[^/]*)+$/, 'a JSON pointer looks like /version')
      .optional()
      .describe('For a JSON file: a JSON pointer to where in it the version is.'),
  })
  .refine(({ pattern, json }) => pattern === undefined || json === undefined, 'give either "pattern" or "json"')

export type FileProbeConfig = z.infer<typeof fileProbeSchema>
