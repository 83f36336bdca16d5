import { z } from 'zod'
import { listOf, timeSchema } from './json.ts'

/** Why a newer version is not installed by itself. */
export const holdSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hold'), pattern: z.string() }),
  z.object({ kind: z.literal('min-age'), until: timeSchema.nullable() }),
  z.object({ kind: z.literal('failed-before'), run: z.string() }),
  z.object({ kind: z.literal('auto'), auto: z.enum(['none', 'patch', 'minor', 'all']) }),
  z.object({ kind: z.literal('window'), opens: timeSchema.nullable() }),
  z.object({ kind: z.literal('requires'), component: z.string(), range: z.string(), found: z.string().nullable() }),
])

export const relationSchema = z.enum(['current', 'older', 'local-newer', 'unknown'])

/** What a check found. A source that failed is `error`, never "up to date". */
export const checkReportSchema = z.object({
  current: z.string().nullable(),
  latest: z.string().nullable(),
  update_available: z.boolean(),
  release_notes: z.string().nullable(),
  release_url: z.string().optional(),
  release_date: timeSchema.optional(),
  download_url: z.string().optional(),
  last_checked: timeSchema.nullable(),
  held: holdSchema.nullable(),
  relation: relationSchema,
  files: listOf(
    z.object({
      path: z.string(),
      change: z.enum(['added', 'changed', 'removed', 'mode']),
      local: z.enum(['clean', 'edited', 'protected']),
    }),
  )
    .nullable()
    .optional(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
})

export const checkBodySchema = z.strictObject({ force: z.boolean().default(true) }).nullable()
