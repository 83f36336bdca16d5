import { z } from 'zod'

export const noneProbeSchema = z.strictObject({ type: z.literal('none') })

export type NoneProbeConfig = z.infer<typeof noneProbeSchema>
