import type { VerifiedRelease } from '../core/model/release.ts'
import type { RunAction } from '../core/plan/plan.ts'
import type { RestoreRef } from '../core/plan/step.ts'
import type { Manifested } from './manifest.ts'

/** What a plan is made from, beyond what stands on the machine. */
export interface Intent {
  readonly action: RunAction
  readonly to: string | null
  readonly release: VerifiedRelease | null
  readonly sourceDescribe: string | null
  readonly restore: readonly RestoreRef[]
  /** Whether the data may change, so that it is backed up: not on the way back to a kept version with data kept. */
  readonly backsUp: boolean
  /** What the release's manifest says; absent: there was none to look for. */
  readonly manifest?: Manifested
}
