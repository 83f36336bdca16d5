import { z } from 'zod'
import { rungs } from '../../core/model/release.ts'
import { checkReportSchema, holdSchema, relationSchema } from './checks.ts'
import { failureSchema } from './failure.ts'
import { listOf, timeSchema } from './json.ts'
import { checkTimesSchema, policySchema } from './policy.ts'
import { historyItemSchema, runPhaseSchema } from './runs.ts'

const lockSchema = z.object({ pid: z.number(), user: z.string(), why: z.string(), since: timeSchema })

/** What `belay status --json` says of a component. */
const statusShape = {
  component: z.string(),
  installed: z.string().nullable(),
  state: z.string(),
  available: z.string().nullable(),
  update_available: z.boolean(),
  last_checked: timeSchema.nullable(),
  service: z.object({ running: z.boolean(), state: z.string(), describe: z.string() }).nullable(),
  held: holdSchema.nullable(),
  unfinished: z.object({ run: z.string(), phase: runPhaseSchema }).nullable(),
  lock: lockSchema.nullable(),
  last_run: historyItemSchema.nullable(),
  kept: listOf(z.string()),
  problem: failureSchema.nullable(),
  /** The version before, where it still runs beside this one. */
  retiring: z
    .object({
      component: z.string(),
      run: z.string(),
      slot: z.enum(['blue', 'green']),
      retire_at: timeSchema,
      warm_until: timeSchema,
    })
    .optional(),
  /** What the page's file sets instead of the config. */
  overrides: z.object({ file: z.string(), keys: listOf(z.string()), problem: failureSchema.nullable() }).optional(),
  /** What proved the installed version when it came. */
  trust: z
    .object({
      rung: z.enum(rungs),
      kind: z.enum(['minisign', 'attestation', 'cosign', 'git', 'tuf']).nullable(),
      by: z.string().nullable(),
      stated_by: z.string().nullable(),
    })
    .optional(),
}

/** One row of the overview. */
export const componentSchema = z.object({
  ...statusShape,
  aliases: listOf(z.string()),
  relation: relationSchema,
  /** `trouble`: not running, stuck, or it cannot be looked at. */
  health: z.enum(['ok', 'trouble', 'unknown']),
  health_text: z.string(),
  /** Why the newer version waits. */
  held_text: z.string().nullable(),
  /** What proved the installed version when it came; null: no run here brought it. */
  trust_text: z.string().nullable(),
  policy: policySchema,
  policy_text: z.string(),
  check: checkTimesSchema,
  schedule_text: z.string(),
  /** A run that somebody is working on. */
  busy_run: z.string().nullable(),
  /** Whether it is belay itself. */
  self: z.boolean(),
})
export type ComponentView = Readonly<z.infer<typeof componentSchema>>
export const componentListSchema = z.object({ components: listOf(componentSchema) })

export const releaseNoteSchema = z.object({
  version: z.string(),
  date: timeSchema.nullable(),
  /** As the publisher wrote it: never shown without being made harmless. */
  notes_markdown: z.string().nullable(),
  url: z.string().nullable(),
})

/** One component. `notes`: newest first, of everything between what is installed and what is offered. */
export const componentDetailsSchema = z.object({
  component: componentSchema,
  check: checkReportSchema.nullable(),
  source: z.string(),
  strategy: z.string(),
  /** Where it is installed; null: nowhere yet. */
  path: z.string().nullable(),
  notes: listOf(releaseNoteSchema),
  /** Why only the notes that were known before are there. */
  notes_problem: failureSchema.nullable(),
})

/** `kept`: on this host, nothing is downloaded. `title`: a commit's subject. */
export const versionItemSchema = z.object({
  version: z.string(),
  date: timeSchema.nullable(),
  title: z.string().nullable(),
  kept: z.boolean(),
  current: z.boolean(),
  published: z.boolean(),
})
/** Newest first. `problem`: why only what is kept is there. */
export const versionListSchema = z.object({ versions: listOf(versionItemSchema), problem: failureSchema.nullable() })
