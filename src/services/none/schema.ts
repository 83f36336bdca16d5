import { z } from 'zod'

export const noServiceSchema = z.strictObject({ type: z.literal('none') })

export type NoServiceConfig = z.infer<typeof noServiceSchema>
