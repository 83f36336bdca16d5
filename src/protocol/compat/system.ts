import { z } from 'zod'
import { timeSchema } from '../api/json.ts'

/** What the CRM's own endpoints answer. */

export const systemVersionSchema = z.object({
  version: z.string(),
  /** As the application writes it, else the day of its release; null: neither is known. */
  build_date: z.string().nullable(),
  status: z.enum(['running', 'stopped']),
})

export const systemHealthSchema = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  version: z.string(),
  timestamp: timeSchema,
})

export const systemCheckSchema = z.object({
  current_version: z.string(),
  last_check: timeSchema.nullable(),
  latest_version: z.string().nullable(),
  update_available: z.boolean(),
  release_notes: z.string().nullable(),
  download_url: z.string().nullable(),
})

/** What an update server of that document answers, on `belay release serve` too. */
export const latestVersionSchema = z.object({
  version: z.string(),
  release_date: z.string().nullable(),
  release_notes: z.string(),
  download_url: z.string().nullable(),
})
