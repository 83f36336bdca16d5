import type { ComponentName } from '../core/model/names.ts'
import type { Measured } from '../core/traffic/promise.ts'
import { phaseOf } from '../core/run/phase.ts'
import { fold } from '../core/run/fold.ts'
import { runFacts } from '../core/run/report.ts'
import type { HistoryItem } from '../ports/engine.ts'
import type { RunSummary } from '../ports/journal.ts'
import type { EnginePorts } from './ports.ts'

export interface Before {
  /** The outage of the last run that had one and ended well; ms. */
  readonly downtimeMs: number | null
  /** What was seen at the front door in the last run that looked there. */
  readonly measured: Measured | null
}

export async function lastNoticed(ports: EnginePorts, component: ComponentName): Promise<Before> {
  const seen: { downtimeMs: number | null; measured: Measured | null } = { downtimeMs: null, measured: null }
  for (const { run, outcome } of await ports.journal.runs({ component, limit: 10 })) {
    if (outcome !== 'committed') continue
    const { downtimeMs, measured } = runFacts(await ports.journal.read(run))
    if (downtimeMs > 0) seen.downtimeMs ??= downtimeMs
    seen.measured ??= measured
    if (seen.downtimeMs !== null && seen.measured !== null) break
  }
  return seen
}

export async function historyItem(ports: EnginePorts, summary: RunSummary): Promise<HistoryItem> {
  const { run, component, action, from, to, openedAt, closedAt, outcome } = summary
  const state = fold(await ports.journal.read(run))
  const { bundle } = state.plan.about.facts
  return {
    run,
    component,
    action,
    from,
    to,
    opened: new Date(openedAt).toISOString(),
    closed: closedAt === null ? null : new Date(closedAt).toISOString(),
    outcome: outcome ?? 'unfinished',
    phase: phaseOf(state),
    ...(typeof bundle === 'string' ? { from_file: bundle } : {}),
  }
}
