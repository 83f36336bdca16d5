import { z } from 'zod'
import { listOf, timeSchema } from './json.ts'
import { runActionSchema, runReportSchema, startedSchema, stepShape } from './runs.ts'

const version = z.string().min(1).max(200)

/** Which plan is wanted: that of an update where nothing is said. */
export const planBodySchema = z
  .strictObject({
    action: z.enum(['update', 'rollback', 'restore']).default('update'),
    to: version.optional(),
    /** Overrides the maintenance window and the minimum age; it is recorded. */
    now: z.boolean().optional(),
    data: z.enum(['restore', 'keep']).optional(),
    backup: version.optional(),
  })
  .nullable()
export const updateBodySchema = z
  .strictObject({ to: version.optional(), now: z.boolean().optional(), dry_run: z.boolean().optional() })
  .nullable()
export const rollbackBodySchema = z
  .strictObject({ to: version.optional(), data: z.enum(['restore', 'keep']).optional() })
  .nullable()

/** What a run would do. Nothing of it has happened. */
export const planViewSchema = z.object({
  component: z.string(),
  action: runActionSchema,
  from: z.string().nullable(),
  to: z.string().nullable(),
  title_text: z.string(),
  source: z.string().nullable(),
  release_date: timeSchema.nullable(),
  trust_text: z.string().nullable(),
  steps: listOf(z.object(stepShape)),
  commit_after: z.int(),
  /** How long nobody is answered. 0: not at all; null: not measured yet. */
  down_ms_expected: z.number().nullable(),
  down_ms_last: z.number().nullable(),
  /** What those who use it will notice. */
  down_text: z.string(),
  /** What is downloaded, where the source states it. */
  bytes: z.number().nullable(),
  disk_bytes: z.number(),
  free_bytes: z.number(),
  way_back: z.string(),
  question_text: z.string(),
  /**
   * A migration lies between: one of the two must be said. `backup_age_ms` of what `restore` would bring back; the plan
   * is that of `data`.
   */
  data_choice: z
    .object({ data: z.enum(['restore', 'keep']), migrated_by: z.string(), backup_age_ms: z.number(), text: z.string() })
    .nullable(),
  /**
   * The publisher's manifest, where there is one: what it asks for, each beside what of the plan does it, or why it does
   * not count. In English.
   */
  manifest: z
    .object({
      name: z.string(),
      accepted: z.boolean(),
      reasons: listOf(z.string()),
      steps: listOf(z.object({ action: z.string(), detail: z.string(), done: z.string() })),
    })
    .nullable(),
  /** Why it is not installed by itself, where somebody's word overrides that. */
  held_text: z.string().nullable(),
  warnings: listOf(z.string()),
  restart_required: z.boolean(),
  /** It is belay itself: the agent answers again when it is over. */
  self: z.boolean(),
})
export type PlanView = Readonly<z.infer<typeof planViewSchema>>

export const plannedSchema = z.union([
  z.object({ plan: planViewSchema }),
  z.object({ current: runReportSchema, text: z.string() }),
])
/** 202 `started`, or 200 with the report that there is nothing to do, or the plan of `dry_run`. */
export const updateAnswerSchema = z.union([startedSchema, runReportSchema, z.object({ plan: planViewSchema })])
