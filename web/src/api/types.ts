import type { z } from 'zod'
import type { checkReportSchema, holdSchema } from '../../../src/protocol/api/checks.ts'
import type {
  componentDetailsSchema,
  componentListSchema,
  releaseNoteSchema,
  versionItemSchema,
  versionListSchema,
} from '../../../src/protocol/api/components.ts'
import type { plannedSchema } from '../../../src/protocol/api/plan.ts'
import type { runItemSchema, runListSchema, runReportSchema, runStepSchema } from '../../../src/protocol/api/runs.ts'
import type { scopeSchema } from '../../../src/protocol/api/access.ts'

/** What the API takes and answers. Types alone: the agent has checked its answers, and the schemas stay out of the page. */
export type { ComponentView } from '../../../src/protocol/api/components.ts'
export type { Failure } from '../../../src/protocol/api/failure.ts'
export type { PlanView } from '../../../src/protocol/api/plan.ts'
export type { CheckTimesView, PolicyView } from '../../../src/protocol/api/policy.ts'
export type { ProblemDocument } from '../../../src/protocol/api/problem.ts'
export type { Hint, RunProgress, RunView, Started } from '../../../src/protocol/api/runs.ts'
export type { SessionAnswer as Session } from '../../../src/protocol/api/access.ts'
export type { SettingsView } from '../../../src/protocol/api/settings.ts'

type Out<S extends z.ZodType> = Readonly<z.infer<S>>

export type CheckReport = Out<typeof checkReportSchema>
export type Hold = Out<typeof holdSchema>
export type ComponentList = Out<typeof componentListSchema>
export type ComponentDetails = Out<typeof componentDetailsSchema>
export type ReleaseNote = Out<typeof releaseNoteSchema>
export type VersionItem = Out<typeof versionItemSchema>
export type VersionList = Out<typeof versionListSchema>
export type Planned = Out<typeof plannedSchema>
export type RunReport = Out<typeof runReportSchema>
export type RunItem = Out<typeof runItemSchema>
export type RunList = Out<typeof runListSchema>
export type RunStep = Out<typeof runStepSchema>
export type Scope = Out<typeof scopeSchema>
