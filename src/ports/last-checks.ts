import type { CheckReport } from './engine.ts'

/** What the last check of each component said, so that `status` tells it without asking anyone. Lossy: a lost one is null. */
export interface LastChecks {
  get(component: string): CheckReport | null
  put(component: string, report: CheckReport): void
}
