import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'

const argvSchema = z.array(z.string().min(1)).min(1)
const listMax = 1000
const patternSchema = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (text) => !isAbsolute(text) && !text.split('/').includes('..'),
    'use a path inside the tree, such as app/config/**',
  )

/** The service's own schema is its adapter's; `main` hands it in, so that strategies know no services. */
export function filesSchema(service: z.ZodType<Spec>) {
  return z.strictObject({
    type: z.literal('files'),
    path: z.string().refine(isAbsolute, 'use an absolute path').describe('The folder whose files are kept up to date.'),
    protect: z
      .array(patternSchema)
      .max(listMax)
      .default([])
      .describe(
        'Patterns of files that are never changed, whatever a release has. Always: .env, *.sqlite3, .git and the backups.',
      ),
    local_edits: z
      .enum(['keep', 'overwrite', 'refuse'])
      .default('keep')
      .describe('What becomes of files that were edited here.'),
    symlinks: z
      .enum(['refuse', 'inside'])
      .default('inside')
      .describe(
        'What becomes of links in a release. inside: those that stay in the tree are made; refuse: one link, and nothing is installed.',
      ),
    line_endings: z
      .enum(['auto', 'lf', 'crlf'])
      .default('auto')
      .describe('How text files end their lines. auto: as the attributes of the tree say, else as it was checked out.'),
    optional: z
      .array(patternSchema)
      .max(listMax)
      .default([])
      .describe('Patterns of files that may be left as they are where nothing can write them.'),
    helper: argvSchema
      .optional()
      .describe('How the program is called that writes where Belay may not: [sudo, -n, /usr/local/bin/belay-put].'),
    user: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Who owns new trees and runs prepare, migrate and command checks. Left out: the user of the unit, else the owner of path.',
      ),
    prepare: z
      .array(argvSchema)
      .default([])
      .describe('Commands run in the tree after the files were changed, each a list of words, without a shell.'),
    prepared: z
      .array(patternSchema.refine((text) => !/[*?[\]{}]/.test(text), 'use a folder inside the tree, such as .venv'))
      .max(20)
      .default(['.venv', 'venv', 'node_modules'])
      .describe('Folders that prepare works in; they go back with the files.'),
    migrate: z
      .array(argvSchema)
      .default([])
      .describe('Commands that change data, run after prepare, with the data backed up before.'),
    service: service.default({ type: 'none' }).describe('What runs the program, and is stopped for the switch.'),
  })
}

export type FilesConfig = z.infer<ReturnType<typeof filesSchema>>
