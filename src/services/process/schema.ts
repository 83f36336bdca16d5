import { z } from 'zod'
import { slots } from '../../core/traffic/slots.ts'
import { durationSchema } from '../../protocol/units.ts'

const stopTimeoutMsMax = 3_600_000

const durationMs = z.union([z.number(), durationSchema]).pipe(z.number().int().min(0).max(stopTimeoutMsMax))

const noNul = (text: string) => !text.includes('\0')
const argument = z.string().max(4096).refine(noNul, 'a command cannot hold a NUL character')
const value = z.union([z.string().max(32_768).refine(noNul), z.number(), z.boolean()]).transform(String)

/** `stop_timeout` is in milliseconds once parsed; parsing what was parsed gives the same. */
export const processServiceSchema = z.strictObject({
  type: z.literal('process'),
  command: z
    .tuple([argument.min(1)], argument)
    .describe('The program and its arguments, run without a shell in the active release.'),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value)
    .default({})
    .describe('Variables that are added to its minimal environment.'),
  slot: z.enum(slots).optional().describe('Which of two it is. Belay sets it, where traffic: makes two of it.'),
  stop_timeout: durationMs
    .prefault('10s')
    .describe('How long it may take to end before it is killed, such as 10s; a number counts milliseconds.'),
})

export type ProcessServiceConfig = z.infer<typeof processServiceSchema>
