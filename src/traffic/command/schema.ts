import { z } from 'zod'
import { trafficKeys } from '../../protocol/config/traffic.ts'
import { durationSchema } from '../../protocol/units.ts'

const argument = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'), 'a command cannot hold a NUL character')

const command = z.tuple([argument.min(1)], argument)

export const commandTrafficSchema = z.strictObject({
  type: z.literal('command'),
  switch: command.describe(
    'Sends all that is new to {slot}, now and after a restart of the proxy. Also known: {other}, {port}, {percent}. Run without a shell.',
  ),
  active: command.describe('Writes blue or green: who gets what is new at this moment.'),
  open: command.optional().describe('Writes how many requests and streams are open at {slot}.'),
  share: command
    .optional()
    .describe('Sends {percent} of what is new to {slot} and the rest to {other}. Left out: no gradual switch.'),
  timeout: durationSchema.prefault('30s').describe('How long each of them may take.'),
  cwd: z.string().startsWith('/').default('/').describe('The folder that they run in.'),
  user: z.string().min(1).max(64).optional().describe('Who runs them. Left out: whoever runs Belay.'),
  ...trafficKeys,
})

export type CommandTrafficConfig = z.infer<typeof commandTrafficSchema>
