import { z } from 'zod'
import { eventKinds } from '../../core/notify/event.ts'
import { listOf, timeSchema } from './json.ts'

/** A channel without its secrets, and how sending to it goes. `components`: null for every one. */
export const channelSchema = z.object({
  name: z.string(),
  type: z.string(),
  on: listOf(z.enum(eventKinds)),
  components: listOf(z.string()).nullable(),
  waiting: z.int(),
  given_up: z.int(),
  last_sent: timeSchema.nullable(),
  /** Why the last try failed; null: it did not. */
  last_problem: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
})

export const channelListSchema = z.object({ channels: listOf(channelSchema) })

export const channelParamsSchema = z.object({ name: z.string().min(1).max(64) })

export const channelTestedSchema = z.object({ sent: z.literal(true) })
