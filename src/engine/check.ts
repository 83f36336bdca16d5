import type { ComponentName } from '../core/model/names.ts'
import { problemOf } from '../core/model/problem.ts'
import type { Decision, Release } from '../core/model/release.ts'
import type { CheckReport } from '../ports/engine.ts'
import type { Opened } from './component.ts'
import { reportDecision } from './decision-report.ts'
import { findRelease } from './find.ts'
import type { EnginePorts } from './ports.ts'

/** Asks the source of one component. A source that failed is an error in the report, and never "up to date". */
export async function checkComponent(
  ports: EnginePorts,
  name: ComponentName,
  open: () => Promise<Opened>,
  options: { force: boolean; files: boolean; signal: AbortSignal },
): Promise<CheckReport> {
  let current: string | null = null
  try {
    const opened = await open()
    current = opened.installed.version
    const { decision, listing } = await findRelease(ports, opened, { ...options, override: 'none' })
    const report = reportDecision(current, decision, listing.checkedAt, opened)
    ports.lastChecks.put(name, report)
    if (isOffered(decision)) await (await import('./notifications.ts')).noteOffer(ports, opened, decision.release)
    if (!options.files) return report
    const { strategy, installed, context } = opened
    const none = decision.kind === 'current'
    return { ...report, files: none ? [] : await strategy.files(installed, decision.release, context) }
  } catch (error) {
    const { code, message, hint } = problemOf(error)
    const last = ports.lastChecks.get(name)
    const report: CheckReport = {
      current,
      latest: null,
      update_available: false,
      release_notes: null,
      last_checked: last?.last_checked ?? null,
      held: null,
      relation: 'unknown',
      error: { code, message, hint },
    }
    ports.lastChecks.put(name, report)
    return report
  }
}

/** What waits for its window alone is offered all the same: a person may take it now. */
function isOffered(decision: Decision): decision is Decision & { readonly release: Release } {
  return decision.kind === 'candidate' || (decision.kind === 'held' && decision.by.kind === 'window')
}
