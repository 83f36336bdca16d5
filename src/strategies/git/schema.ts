import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'

const argvSchema = z.array(z.string().min(1)).min(1)
const inside = (text: string) => !isAbsolute(text) && !text.split('/').includes('..')
const globSchema = z.string().min(1).refine(inside, 'use a path inside the checkout, such as config/**')
const folderSchema = z
  .string()
  .min(1)
  .refine((text) => inside(text) && !/[*?[\]{}]/.test(text), 'use a folder inside the checkout, such as .venv')

/** The service's own schema is its adapter's; `main` hands it in, so that strategies know no services. */
export function gitStrategySchema(service: z.ZodType<Spec>) {
  return z.strictObject({
    type: z.literal('git'),
    path: z.string().refine(isAbsolute, 'use an absolute path').describe('The checkout that is kept up to date.'),
    layout: z
      .enum(['slots', 'in-place'])
      .optional()
      .describe(
        'slots: a worktree for each version and a link current; in-place: the checkout itself. Left out: in-place where there is a checkout already, else slots.',
      ),
    local_changes: z
      .enum(['refuse', 'stash'])
      .default('refuse')
      .describe('What becomes of edited files: the update is refused, or they are put into git stash.'),
    submodules: z
      .union([z.boolean(), z.literal('auto')])
      .default('auto')
      .describe('Whether submodules are updated, too. auto: where there are any.'),
    user: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Who owns new trees and runs prepare, migrate and command checks. Left out: the user of the unit, else the owner of the checkout.',
      ),
    preserve: z.array(globSchema).default([]).describe('Patterns of paths that an update leaves as they are.'),
    prepare: z
      .array(argvSchema)
      .default([])
      .describe(
        'Commands that make a new version ready to run, each a list of words, run in the new tree without a shell before anything stops.',
      ),
    prepared: z
      .array(folderSchema)
      .max(20)
      .default(['.venv', 'venv', 'node_modules'])
      .describe('Folders that prepare makes; in place they are exchanged with the switch.'),
    migrate: z
      .array(argvSchema)
      .default([])
      .describe('Commands that change data, run in the new tree while the service is stopped and after the backup.'),
    service: service.default({ type: 'none' }).describe('What runs the program, and is stopped for the switch.'),
  })
}

export type GitStrategyConfig = z.infer<ReturnType<typeof gitStrategySchema>>
