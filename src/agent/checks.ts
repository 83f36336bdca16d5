import type { ComponentName } from '../core/model/names.ts'
import { steadied, untilCheck } from '../core/schedule/check.ts'
import { pastMoment } from '../core/schedule/moment.ts'
import type { CheckReport } from '../ports/engine.ts'
import type { ComponentSettings } from '../protocol/settings.ts'
import { isOffer, momentOf, type Track, type Tracked } from './component.ts'
import type { AgentPorts, Loaded } from './ports.ts'

/**
 * Asks the sources that are due, one after the other; gives the time until the next is. `found` is called when all of them
 * are asked, so that those that require each other are updated together.
 */
export async function checkDue(
  ports: AgentPorts,
  track: Track,
  loaded: Loaded,
  signal: AbortSignal,
  found: () => void,
): Promise<number> {
  let wait = Infinity
  const offered: Tracked[] = []
  for (const [name, settings] of loaded.settings.components) {
    if (signal.aborted) break
    const tracked = track.of(name, loaded)
    const due = dueOf(ports, tracked, name, settings, loaded)
    const report = due === 'now' ? await check(ports, tracked, name, loaded, signal) : due
    if (report !== null && isOffer(report)) offered.push(tracked)
    wait = Math.min(wait, waitOf(ports, tracked, settings) ?? Infinity)
  }
  for (const tracked of offered) tracked.attempt = { ...tracked.attempt, wanted: true }
  if (offered.length > 0) found()
  return wait
}

function waitOf({ clock }: AgentPorts, tracked: Tracked, { check }: ComponentSettings): number | null {
  const at = momentOf(clock)
  tracked.check = steadied(tracked.check, at)
  return untilCheck(check, tracked.check, at)
}

/** Whoever asked meanwhile, on the command line or in time, has asked for the agent too: then it is that report. */
function dueOf(
  ports: AgentPorts,
  tracked: Tracked,
  name: ComponentName,
  settings: ComponentSettings,
  { lastChecks }: Loaded,
): 'now' | CheckReport | null {
  if (waitOf(ports, tracked, settings) !== 0) return null
  const last = lastChecks.get(name)
  const seen = last?.last_checked ?? null
  if (last === null || seen === tracked.seen) return 'now'
  tracked.seen = seen
  const answered = pastMoment(seen, momentOf(ports.clock)) ?? tracked.check.answered
  tracked.check = { ...tracked.check, answered, failed: null }
  return waitOf(ports, tracked, settings) === 0 ? 'now' : last
}

async function check(
  ports: AgentPorts,
  tracked: Tracked,
  name: ComponentName,
  { engine, lastChecks }: Loaded,
  signal: AbortSignal,
): Promise<CheckReport | null> {
  const report = (await engine.check([name], { force: true, signal })).get(name)
  if (report === undefined || signal.aborted) return null
  const at = momentOf(ports.clock)
  tracked.seen = lastChecks.get(name)?.last_checked ?? null
  if (report.error === null) {
    tracked.check = { ...tracked.check, answered: at, failed: null }
  } else {
    const count = (tracked.check.failed?.count ?? 0) + 1
    tracked.check = { ...tracked.check, failed: { count, uptime: at.uptime } }
  }
  tell(ports, tracked, name, report)
  return report
}

function tell({ say }: AgentPorts, tracked: Tracked, component: ComponentName, report: CheckReport): void {
  const { error, current, latest, update_available: available } = report
  const about = { component, run: null }
  if (error !== null) {
    say({ ...about, level: 'warn', text: `the check failed: ${error.code} ${error.message}` })
    return
  }
  const text = available ? `${latest} is available, ${current ?? 'nothing'} is installed` : `up to date: ${current}`
  say({ ...about, level: available && tracked.said !== text ? 'info' : 'debug', text })
  tracked.said = text
}
