import type { ComponentName, RunId } from '../core/model/names.ts'
import type { RetireStep } from '../core/plan/step.ts'

/** An old instance that is on its way out. Times in ms since the epoch. */
export interface Retiring {
  readonly run: RunId
  readonly step: RetireStep
  /** It is stopped then, whatever it still serves. */
  readonly retireAt: number
  /** Until then it stays, even with nobody left. */
  readonly warmUntil: number
}

/** Durable: a record is on disk before its instance is told anything, so that any later agent ends it. One per component. */
export interface RetiringRecords {
  get(component: ComponentName | string): Retiring | null
  all(): readonly Retiring[]
  put(record: Retiring): void
  remove(component: ComponentName | string): void
}
