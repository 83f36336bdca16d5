import type { PlanManifest } from '../manifest/facts.ts'
import type { ComponentName, ResourceName, RunId } from '../model/names.ts'
import type { Facts } from '../model/problem.ts'
import type { Proof, Rung } from '../model/release.ts'
import type { PlanPromise } from '../traffic/promise.ts'
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
  /** For a run that moves Belay itself: what carries it. Absent or null: whoever began it. */
  readonly beside?: Beside | null
}

/** Another process, which the end of the agent does not touch. `argv`: the program of the version that runs now. */
export type Beside =
  | {
      readonly kind: 'systemd'
      readonly scope: 'system' | 'user'
      readonly unit: string
      readonly argv: readonly [string, ...string[]]
    }
  | {
      readonly kind: 'container'
      readonly engine: string
      readonly name: string
      /** By id: its name may stand for another one by then. */
      readonly image: string
      readonly argv: readonly [string, ...string[]]
    }

export type SelfPlan = Plan & { readonly beside: Beside }

export function movesBelay(plan: Plan): plan is SelfPlan {
  return (plan.beside ?? null) !== null
}

/** What a person wants to know before agreeing. Bytes are null where the source states none. */
export interface PlanAbout {
  /** ISO 8601. */
  readonly created: string
  readonly source: string | null
  readonly releasedAt: string | null
  readonly rung: Rung | null
  readonly statedBy: string | null
  /** Who vouches; absent or null: nobody but whoever stated the digest. */
  readonly proof?: Proof | null
  readonly downloadBytes: number | null
  readonly needBytes: number
  readonly freeBytes: number
  /** The outage of the last run of this component, milliseconds; null when there was none. */
  readonly lastDowntimeMs: number | null
  readonly stops: boolean
  /** Absent: what `stops` and `lastDowntimeMs` tell is all. */
  readonly promise?: PlanPromise
  readonly restartRequired: boolean
  readonly warnings: readonly string[]
  readonly facts: Facts
  /** What its publisher says of this update; absent: it was not looked for. */
  readonly manifest?: PlanManifest
}

/** The one component of a plan of this version; later plans may move several. */
export function mainTarget(plan: Plan): Target {
  const target = plan.targets[0]
  if (target === undefined) throw new Error('a plan has at least one target')
  return target
}
