import type { ComponentName, ResourceName, RunId } from '../model/names.ts'
import type { Facts } from '../model/problem.ts'
import type { Rung } from '../model/release.ts'
import type { Step } from './step.ts'

export type RunAction = 'update' | 'rollback' | 'adopt' | 'forget' | 'restore'

export interface Target {
  readonly component: ComponentName
  readonly from: string | null
  readonly to: string | null
}

/**
 * The plan is data: shown, hashed, journaled, replayed.
 * `steps[0..commitAfter]` are undone when one of them fails; those after it only go forward.
 * `back` are the checks that prove the old version once everything is undone.
 */
export interface Plan {
  readonly v: 1
  readonly run: RunId
  readonly action: RunAction
  readonly targets: readonly Target[]
  readonly locks: readonly ResourceName[]
  readonly steps: readonly Step[]
  readonly commitAfter: number
  readonly back: readonly Step[]
  readonly about: PlanAbout
}

/** What a person wants to know before agreeing. Bytes are null where the source states none. */
export interface PlanAbout {
  /** ISO 8601. */
  readonly created: string
  readonly source: string | null
  readonly releasedAt: string | null
  readonly rung: Rung | null
  readonly statedBy: string | null
  readonly downloadBytes: number | null
  readonly needBytes: number
  readonly freeBytes: number
  /** The outage of the last run of this component, milliseconds; null when there was none. */
  readonly lastDowntimeMs: number | null
  readonly stops: boolean
  readonly restartRequired: boolean
  readonly warnings: readonly string[]
  readonly facts: Facts
}

/** The one component of a plan of this version; later plans may move several. */
export function mainTarget(plan: Plan): Target {
  const target = plan.targets[0]
  if (target === undefined) throw new Error('a plan has at least one target')
  return target
}
