import { z } from 'zod'
import { problemDocumentSchema } from './problem.ts'
import { factsSchema, listOf } from './json.ts'
import { checkTimesSchema, policySchema } from './policy.ts'

/** `overrides`: keys that the page's file sets, such as `policy.auto`. `from_file`: what would hold without it. */
export const componentSettingsSchema = z.object({
  policy: policySchema,
  check: checkTimesSchema,
  overrides: listOf(z.string()),
  from_file: z.object({ policy: policySchema, check: checkTimesSchema }),
})

/** A notification channel as it is written, secrets by the place where they are kept. `off`: the config names it, the page silenced it. */
export const channelSettingsSchema = z.object({ spec: factsSchema, origin: z.enum(['config', 'settings', 'off']) })

/** What the page may change. `etag` goes back as `If-Match`. `problem`: why the page's file does not hold. */
export const settingsSchema = z.object({
  etag: z.string(),
  file: z.string(),
  components: z.record(z.string(), componentSettingsSchema),
  channels: z.record(z.string(), channelSettingsSchema),
  problem: problemDocumentSchema.nullable(),
  /** Components that the page's file still has and the config does not. */
  gone: listOf(z.string()),
})
export type SettingsView = Readonly<z.infer<typeof settingsSchema>>

/** A change: what is left out stays, null goes back to the config. The rest is checked as the config is. */
export const settingsChangeSchema = z.strictObject({
  components: z.record(z.string(), z.unknown()).optional(),
  channels: z.record(z.string(), z.unknown()).optional(),
})

export const secretBodySchema = z.strictObject({ value: z.string().min(1).max(8192) })
export const secretPlaceSchema = z.object({ file: z.string() })
