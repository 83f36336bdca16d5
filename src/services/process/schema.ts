import { z } from 'zod'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const stopTimeoutMsMax = 3_600_000

const durationMs = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(ms|s|m|h|d)$/, 'a duration looks like 10s or 2m')
      .transform((text) => {
        const [, count = '0', unit = 's'] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
        return Number(count) * (unitMs[unit as keyof typeof unitMs] ?? 1000)
      }),
  ])
  .pipe(z.number().int().min(0).max(stopTimeoutMsMax))

const noNul = (text: string) => !text.includes('\0')
const word = z.string().min(1).max(4096).refine(noNul, 'a command cannot hold a NUL character')
const value = z.union([z.string().max(32_768).refine(noNul), z.number(), z.boolean()]).transform(String)

/** `stop_timeout` is in milliseconds once parsed; parsing what was parsed gives the same. */
export const processServiceSchema = z.strictObject({
  type: z.literal('process'),
  command: z.tuple([word], word).describe('The program and its arguments, run without a shell in the active release.'),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value)
    .default({})
    .describe('Added to its minimal environment.'),
  stop_timeout: durationMs.default(10_000).describe('How long it may take to end before it is killed.'),
})

export type ProcessServiceConfig = z.infer<typeof processServiceSchema>
