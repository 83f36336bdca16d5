import type { Problem } from '../model/problem.ts'
import type { Outcome } from '../model/release.ts'
import { mainTarget, type RunAction } from '../plan/plan.ts'
import type { Recorded } from '../run/entry.ts'
import type { RunEnd } from './event.ts'
import type { Telling } from './standing.ts'

const kinds = {
  committed: 'updated',
  failed: 'failed',
  'rolled-back': 'rolled_back',
  stuck: 'stuck',
} as const satisfies Readonly<Record<Outcome, string>>

/** Whether its success is news: the others were asked for by somebody who waited for them. */
const newsworthy: Readonly<Record<RunAction, boolean>> = {
  update: true,
  rollback: true,
  restore: true,
  adopt: false,
  forget: false,
}

/** How a run ended, by its entries; null: it has not, or there is nothing to tell. Each end is told once per run. */
export function runEndOf(entries: readonly Recorded[]): Telling | null {
  const [first, last] = [entries[0], entries.at(-1)]
  if (first?.entry.t !== 'opened' || last?.entry.t !== 'closed') return null
  const { plan } = first.entry
  const { outcome, problem } = last.entry
  // Somebody stopped it, and knows.
  if (outcome === 'failed' && problem?.code === 'E_CANCELLED') return null
  if (outcome === 'committed' && !newsworthy[plan.action]) return null
  const { component, from, to } = mainTarget(plan)
  const end: RunEnd = {
    component,
    run: plan.run,
    action: plan.action,
    from,
    to,
    ended: new Date(last.at).toISOString(),
    problem: outcome === 'committed' || problem === null ? null : shortened(problem),
  }
  return { key: `run ${plan.run} ${outcome}`, event: { kind: kinds[outcome], ...end } }
}

function shortened({ code, message, hint }: Problem): RunEnd['problem'] {
  return { code, message, hint }
}
