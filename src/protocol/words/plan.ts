import { mainTarget, type Plan } from '../../core/plan/plan.ts'
import type { Proof, Rung } from '../../core/model/release.ts'
import { type PlanPromise, promiseOf } from '../../core/traffic/promise.ts'
import { forwardRows, type Row } from './rows.ts'

/** What is said of a plan. */
export interface PlanFacts {
  readonly action: Plan['action']
  readonly component: string
  readonly from: string | null
  readonly to: string | null
  /** There is nothing to go back to: what it brings is taken away again. */
  readonly installs: boolean
  readonly rung: Rung | null
  readonly statedBy: string | null
  readonly proof: Proof | null
  readonly promise: PlanPromise
  /** Numbers of the rows, from 1, during which nobody is served. */
  readonly outage: readonly number[]
  readonly needBytes: number
  readonly freeBytes: number
  /** The way back brings the data of the backup back. */
  readonly dataRestored: boolean
  /** It puts data of a backup in the place of what is there. */
  readonly restores: boolean
}

export function planFacts(plan: Plan, rows: readonly Row[] = forwardRows(plan)): PlanFacts {
  const { component, from, to } = mainTarget(plan)
  const { rung, statedBy, proof = null, needBytes, freeBytes } = plan.about
  return {
    action: plan.action,
    component,
    from,
    to,
    installs: plan.action === 'update' && from === null,
    rung,
    statedBy,
    proof,
    promise: promiseIn(plan),
    outage: rows.flatMap((row, index) => (row.down ? [index + 1] : [])),
    needBytes,
    freeBytes,
    dataRestored: plan.steps.some(
      (step) => (step.kind === 'migrate' || step.kind === 'protect') && step.restore.length > 0,
    ),
    restores: plan.steps.some((step) => step.kind === 'restore'),
  }
}

/** Plans of earlier versions have none: theirs follows from what they say of the service. */
export function promiseIn({ about: { promise, stops, lastDowntimeMs } }: Plan): PlanPromise {
  return promise ?? promiseOf({ front: null, stops, lastDowntimeMs, lastMeasured: null })
}
