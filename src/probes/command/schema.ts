import { z } from 'zod'

export const commandProbeSchema = z.strictObject({
  type: z.literal('command'),
  command: z
    .tuple([z.string().min(1).max(4096)], z.string().max(4096))
    .describe('A program and its arguments, run in the installation without a shell, which prints the version.'),
})

export type CommandProbeConfig = z.infer<typeof commandProbeSchema>
