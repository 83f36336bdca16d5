import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'

const argvSchema = z.array(z.string().min(1)).min(1)
const globSchema = z
  .string()
  .min(1)
  .refine(
    (text) => !isAbsolute(text) && !text.split('/').includes('..'),
    'use a path inside the tree, such as app/config/**',
  )

/** The service's own schema is its adapter's; `main` hands it in, so that strategies know no services. */
export function directorySchema(service: z.ZodType<Spec>) {
  return z.strictObject({
    type: z.literal('directory'),
    path: z.string().refine(isAbsolute, 'use an absolute path'),
    layout: z.enum(['slots', 'in-place']).optional(),
    user: z.string().min(1).optional(),
    preserve: z.array(globSchema).default([]),
    prepare: z.array(argvSchema).default([]),
    migrate: z.array(argvSchema).default([]),
    helper: argvSchema
      .optional()
      .describe(
        'In place, where the folder cannot be replaced as a whole: a program that writes what belay may not, such as [sudo, -n, /usr/local/bin/belay-put].',
      ),
    optional: z
      .array(globSchema)
      .default([])
      .describe('There too: what may be left as it is where nothing can write it.'),
    service: service.default({ type: 'none' }),
  })
}

export type DirectoryConfig = z.infer<ReturnType<typeof directorySchema>>
