import { z } from 'zod'
import { failureSchema } from './failure.ts'
import { factsSchema, listOf, timeSchema } from './json.ts'

export const runActionSchema = z.enum(['update', 'rollback', 'adopt', 'forget', 'restore'])
export const runPhaseSchema = z.enum([
  'checking',
  'backing_up',
  'downloading',
  'applying',
  'verifying',
  'soaking',
  'succeeded',
  'rolling_back',
  'rolled_back',
  'failed',
  'stuck',
])
export const stepStateSchema = z.enum(['pending', 'running', 'done', 'failed', 'undone', 'skipped'])

const stepReportSchema = z.object({
  kind: z.string(),
  state: stepStateSchema,
  ms: z.number(),
  detail: z.string(),
  facts: factsSchema,
})

const reportShape = {
  run: z.string().nullable(),
  component: z.string(),
  action: runActionSchema,
  from: z.string().nullable(),
  to: z.string().nullable(),
  restart_required: z.boolean(),
  downtime_ms: z.number(),
  bytes_downloaded: z.number(),
  /** What was seen at the front door meanwhile: requests, those without an answer, the slowest. */
  measured: z.object({ asked: z.int(), failed: z.int(), worst_ms: z.number() }).optional(),
  problem: failureSchema.nullable(),
  /** What was kept aside and where. */
  kept: listOf(z.string()),
  warnings: listOf(z.string()),
}

/** What `update --json` prints. `current`: there was nothing to do, and no run was opened. */
export const runReportSchema = z.object({
  ...reportShape,
  outcome: z.enum(['committed', 'rolled-back', 'failed', 'stuck', 'current']),
  steps: listOf(stepReportSchema),
})

export const runOutcomeSchema = z.enum(['committed', 'rolled-back', 'failed', 'stuck', 'unfinished'])

const historyShape = {
  run: z.string(),
  component: z.string(),
  action: runActionSchema,
  from: z.string().nullable(),
  to: z.string().nullable(),
  opened: timeSchema,
  closed: timeSchema.nullable(),
  outcome: runOutcomeSchema,
  phase: runPhaseSchema,
  /** The bundle that the release came in. */
  from_file: z.string().optional(),
}
export const historyItemSchema = z.object(historyShape)
/** `text`: what happened, in one sentence. */
export const runItemSchema = z.object({ ...historyShape, text: z.string() })
/** `before` for the next page: the `run` of the last of these, while there is `more`. */
export const runListSchema = z.object({ runs: listOf(runItemSchema), more: z.boolean() })

/** When a step happens, as seen by those who use the service. */
export const stepTimeSchema = z.enum(['running', 'down', 'after'])

/**
 * A step as people see it. `index`: its place in the run, which `progress` names too. Neighbours of one `group` are one
 * thing to people.
 */
export const stepShape = {
  index: z.int(),
  group: z.int(),
  kind: z.string(),
  title: z.string(),
  detail: z.string(),
  when: stepTimeSchema,
}

/**
 * `problem`: why it failed, also where it was undone since. `log`: what a service or command printed, where the step keeps
 * it. `back`: proves the old version after an undo.
 */
export const runStepSchema = z.object({
  ...stepShape,
  back: z.boolean(),
  state: stepStateSchema,
  ms: z.number(),
  facts: factsSchema,
  problem: failureSchema.nullable(),
  log: listOf(z.string()),
})

/** A run with every step. `seq`: of the last entry of the journal. `driven`: somebody is working on it at this moment. */
export const runViewSchema = z.object({
  ...reportShape,
  run: z.string(),
  seq: z.int(),
  opened: timeSchema,
  closed: timeSchema.nullable(),
  outcome: runOutcomeSchema,
  phase: runPhaseSchema,
  phase_text: z.string(),
  driven: z.boolean(),
  title_text: z.string(),
  /** What happened and what state things are in; null while it is under way. */
  outcome_text: z.string().nullable(),
  /** What to do next. */
  next_text: z.string().nullable(),
  /** `measured` in a sentence. */
  measured_text: z.string().nullable(),
  /** The index of the step that commits: those after it only go forward. */
  commit_after: z.int(),
  steps: listOf(runStepSchema),
})
export type RunView = Readonly<z.infer<typeof runViewSchema>>

/** The event `progress`: lossy, between two of `snapshot`. */
export const runProgressSchema = z.object({
  index: z.int(),
  done_bytes: z.number(),
  total_bytes: z.number().nullable(),
  message: z.string().nullable(),
})
export type RunProgress = Readonly<z.infer<typeof runProgressSchema>>

/** 202. `resumed`: an unfinished run of the component is ended first; what was asked for follows it. */
export const startedSchema = z.object({
  run: z.string(),
  component: z.string(),
  outcome: z.literal('started'),
  resumed: z.boolean(),
})
export type Started = Readonly<z.infer<typeof startedSchema>>

/** The event of `GET events`: something of that kind is another than before. */
export const hintSchema = z.object({
  kind: z.enum(['components', 'runs', 'notifications', 'settings', 'agent']),
  name: z.string().optional(),
})
export type Hint = Readonly<z.infer<typeof hintSchema>>

export const cancelledSchema = z.object({ run: z.string(), outcome: z.literal('cancelling') })
