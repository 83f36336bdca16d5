import { z } from 'zod'
import { listOf, timeSchema } from '../api/json.ts'
import { notificationSchema } from '../api/records.ts'

/** What HelpDesk's update module answers under `/admin/updates/`. */

const fileSchema = z.object({
  /** Of the tree's own kind; null: it has no such file, or the strategy does not tell. */
  local_hash: z.string().nullable(),
  github_hash: z.string().nullable(),
  timestamp: timeSchema.nullable(),
})

/** `error`: the source could not be asked, and nothing is known. */
export const helpdeskCheckSchema = z.object({
  has_updates: z.boolean(),
  updates: z.record(z.string(), fileSchema),
  file_count: z.int(),
  checked_at: timeSchema.nullable(),
  branch: z.string().nullable(),
  repo: z.string().nullable(),
  notification_id: z.int().nullable(),
  error: z.string().nullable(),
})

export const helpdeskInstallBodySchema = z
  .strictObject({
    notification_id: z
      .union([
        z.int(),
        z
          .string()
          .regex(/^\d{1,9}$/)
          .transform(Number),
      ])
      .nullish(),
  })
  .nullable()

const filesSchema = listOf(z.string())

/** `started`: it takes longer than an answer may wait; the run tells its end. */
export const helpdeskInstallSchema = z.object({
  status: z.enum(['success', 'already_installed', 'already_up_to_date', 'error', 'started']),
  message: z.string(),
  success_count: z.int(),
  failed_count: z.int(),
  results: z.object({
    success: filesSchema,
    failed: filesSchema,
    skipped: listOf(z.object({ file: z.string(), reason: z.string() })),
    timestamp: timeSchema,
  }),
  run: z.string().nullable(),
})

export const helpdeskHistorySchema = z.object({
  notifications: listOf(notificationSchema),
  total_updates: z.int(),
  installed_updates: z.int(),
})
