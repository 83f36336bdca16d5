import { z } from 'zod'

const argument = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'), 'a command cannot hold a NUL character')

export const commandCheckSchema = z.strictObject({
  type: z.literal('command'),
  command: z
    .tuple([argument.min(1)], argument)
    .describe('The program and its arguments, run without a shell; code 0 is healthy.'),
  timeout_seconds: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .describe('Seconds for one run, and for how long it is repeated.'),
  cwd: z.string().startsWith('/').optional().describe('The folder that it runs in. Left out: the installed tree.'),
  user: z.string().min(1).max(64).optional().describe("Who runs it. Left out: the component's own user."),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type CommandCheckConfig = z.infer<typeof commandCheckSchema>
