import { z } from 'zod'

const argument = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'), 'a command cannot hold a NUL character')

export const commandProbeSchema = z.strictObject({
  type: z.literal('command'),
  command: z
    .tuple([argument.min(1)], argument)
    .describe('A program that writes the version; run without a shell in the installed tree.'),
})

export type CommandProbeConfig = z.infer<typeof commandProbeSchema>
