import { z } from 'zod'
import { trafficKeys } from '../../protocol/config/traffic.ts'

export const noTrafficSchema = z.strictObject({ type: z.literal('none'), ...trafficKeys })

export type NoTrafficConfig = z.infer<typeof noTrafficSchema>
