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
export function directorySchema(service: z.ZodType<Spec>, traffic: z.ZodType<Spec>) {
  return z.strictObject({
    type: z.literal('directory'),
    path: z.string().refine(isAbsolute, 'use an absolute path').describe('The folder that it is installed in.'),
    layout: z
      .enum(['slots', 'in-place'])
      .optional()
      .describe(
        'slots: releases/VERSION and a link current; in-place: the folder itself is exchanged. Left out: in-place where there is a plain tree already, else slots.',
      ),
    user: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Who owns new trees and runs prepare, migrate and command checks. Left out: the user of the unit, else the owner of path.',
      ),
    preserve: z
      .array(globSchema)
      .default([])
      .describe('Patterns of files of yours inside the tree; each new version takes them along.'),
    prepare: z
      .array(argvSchema)
      .default([])
      .describe(
        'Commands that make a new version ready to run, each a list of words, run in the new tree without a shell before anything stops.',
      ),
    migrate: z
      .array(argvSchema)
      .default([])
      .describe('Commands that change data, run in the new tree while the service is stopped and after the backup.'),
    helper: argvSchema
      .optional()
      .describe(
        'In place, where the folder cannot be replaced as a whole: how the program is called that writes what Belay may not, such as [sudo, -n, /usr/local/bin/belay-put].',
      ),
    optional: z
      .array(globSchema)
      .default([])
      .describe('In place: patterns of files that may be left as they are where nothing can write them.'),
    service: service.default({ type: 'none' }).describe('What runs the program, and is stopped for the switch.'),
    traffic: traffic
      .optional()
      .describe('In slots: the proxy or the socket in front of two instances, so that nobody notices an update.'),
  })
}

export type DirectoryConfig = z.infer<ReturnType<typeof directorySchema>>
