import type { ComponentName } from '../core/model/names.ts'
import { phaseOf } from '../core/run/phase.ts'
import { fold } from '../core/run/fold.ts'
import { runFacts } from '../core/run/report.ts'
import type { HistoryItem } from '../ports/engine.ts'
import type { RunSummary } from '../ports/journal.ts'
import type { EnginePorts } from './ports.ts'

/** The outage of the last run that had one and ended well; ms. */
export async function lastDowntime(ports: EnginePorts, component: ComponentName): Promise<number | null> {
  for (const { run, outcome } of await ports.journal.runs({ component, limit: 10 })) {
    if (outcome !== 'committed') continue
    const { downtimeMs } = runFacts(await ports.journal.read(run))
    if (downtimeMs > 0) return downtimeMs
  }
  return null
}

export async function historyItem(ports: EnginePorts, summary: RunSummary): Promise<HistoryItem> {
  const { run, component, action, from, to, openedAt, closedAt, outcome } = summary
  return {
    run,
    component,
    action,
    from,
    to,
    opened: new Date(openedAt).toISOString(),
    closed: closedAt === null ? null : new Date(closedAt).toISOString(),
    outcome: outcome ?? 'unfinished',
    phase: phaseOf(fold(await ports.journal.read(run))),
  }
}
