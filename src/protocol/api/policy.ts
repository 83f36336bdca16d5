import { z } from 'zod'
import { listOf } from './json.ts'

/** As the config writes it: durations are texts such as `24h`. `window: null`: at any time. */
export const policySchema = z.object({
  auto: z.enum(['none', 'patch', 'minor', 'all']),
  window: z.object({ cron: z.string(), duration: z.string(), timezone: z.string().nullable() }).nullable(),
  soak: z.string(),
  min_age: z.string(),
  hold: listOf(z.string()),
})
export type PolicyView = Readonly<z.infer<typeof policySchema>>

/** `every`: a duration, a cron line or `off`. */
export const checkTimesSchema = z.object({ every: z.string(), jitter: z.string() })
export type CheckTimesView = Readonly<z.infer<typeof checkTimesSchema>>
