import { z } from 'zod'
import { factsSchema, listOf, timeSchema } from './json.ts'

/** A verified backup. `created` and `version`: when it was made, and of what. */
export const backupItemSchema = z.object({
  id: z.string(),
  component: z.string(),
  kind: z.string(),
  source: z.string(),
  created: timeSchema,
  version: z.string().nullable(),
  run: z.string().nullable(),
  bytes: z.number(),
  place: z.string(),
  notes: listOf(z.string()).optional(),
})
export const backupListSchema = z.object({ backups: listOf(backupItemSchema) })
export const prunedSchema = z.object({ removed: listOf(z.string()) })

/** An update that was offered once. */
export const notificationSchema = z.object({
  id: z.int(),
  component: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  version: z.string(),
  available_files: listOf(z.string()).nullable(),
  installed: z.boolean(),
  installed_at: timeSchema.nullable(),
  created_at: timeSchema,
  state: z.enum(['open', 'installed', 'dismissed', 'superseded']),
})
export const notificationListSchema = z.object({ notifications: listOf(notificationSchema) })

/** Where belay runs. `deployment`: what `belay detect --json` prints. */
export const hostSchema = z.object({
  host: z.string(),
  version: z.string(),
  state: z.string(),
  config: z.string().nullable(),
  listen: z.string().nullable(),
  uptime_ms: z.number(),
  deployment: factsSchema.nullable(),
})
