import type { ComponentName } from '../core/model/names.ts'
import { problemCodes } from '../core/model/codes.ts'
import type { HoldReason } from '../core/model/release.ts'
import { type Problem, problem } from '../core/model/problem.ts'
import { phaseOf } from '../core/run/phase.ts'
import { fold } from '../core/run/fold.ts'
import type { CheckReport, StatusReport } from '../ports/engine.ts'
import type { Opened } from './component.ts'
import { failedBefore } from './failed-before.ts'
import { historyItem } from './history.ts'
import type { EnginePorts } from './ports.ts'
import { retiringItems } from './retiring.ts'

/**
 * What stands, what the last check said, what is unfinished. Asks nobody but this machine. `opened`: the problem, where
 * the machine could not be looked at.
 */
export async function statusOf(
  ports: EnginePorts,
  name: ComponentName,
  opened: Opened | Problem,
): Promise<StatusReport> {
  const installed = 'code' in opened ? null : opened.installed
  const last = ports.lastChecks.get(name)
  const [summary] = await ports.journal.runs({ component: name, limit: 1 })
  const unfinished = (await ports.journal.unfinished()).find((run) => run.component === name)
  return {
    component: name,
    installed: installed?.version ?? null,
    state: installed?.state ?? 'unknown',
    available: last?.latest ?? null,
    update_available: last?.update_available === true && last.latest !== installed?.version,
    ...(last === null ? {} : { relation: last.relation }),
    last_checked: last?.last_checked ?? null,
    service: 'code' in opened ? null : await serviceOf(ports, opened),
    held: last === null || last.latest === installed?.version ? null : await heldBy(ports, name, last),
    unfinished:
      unfinished === undefined
        ? null
        : { run: unfinished.run, phase: phaseOf(fold(await ports.journal.read(unfinished.run))) },
    lock: await ports.locks.holder(`component:${name}`),
    last_run: summary === undefined ? null : await historyItem(ports, summary),
    kept: (installed?.kept ?? []).flatMap((kept) => (kept.version === null ? [] : [kept.version])),
    problem: 'code' in opened ? opened : last?.error ? problemFrom(last.error) : null,
    ...overridden(ports, name),
    ...leaving(ports, name),
    ...(await provenBy(ports, name, installed?.version ?? null)),
  }
}

/** A run since that check may have put back what it offered. */
async function heldBy(ports: EnginePorts, name: ComponentName, last: CheckReport): Promise<HoldReason | null> {
  if (last.held !== null || !last.update_available) return last.held
  const failed = (await failedBefore(ports, name)).find(({ version }) => version === last.latest)
  return failed === undefined ? null : { kind: 'failed-before', run: failed.run }
}

const lookedAtMax = 20

/** The run that brought what is installed said what it is proven by; one that went back to it downloaded nothing. */
async function provenBy(
  { journal }: EnginePorts,
  component: ComponentName,
  version: string | null,
): Promise<Pick<StatusReport, 'trust'>> {
  if (version === null) return {}
  for (const { run, outcome, to } of await journal.runs({ component, limit: lookedAtMax })) {
    if (outcome !== 'committed' || to !== version) continue
    const [first] = await journal.read(run)
    if (first?.entry.t !== 'opened') continue
    const { rung, statedBy, proof = null } = first.entry.plan.about
    if (rung !== null) return { trust: { rung, kind: proof?.kind ?? null, by: proof?.by ?? null, stated_by: statedBy } }
  }
  return {}
}

function leaving(ports: EnginePorts, name: ComponentName): Pick<StatusReport, 'retiring'> {
  const retiring = retiringItems(ports).find(({ component }) => component === name)
  return retiring === undefined ? {} : { retiring }
}

function overridden({ settings: { overrides } }: EnginePorts, name: ComponentName): Pick<StatusReport, 'overrides'> {
  if (overrides === undefined) return {}
  const { file, components, problem: why } = overrides
  const keys = components[name] ?? []
  return keys.length === 0 && why === null ? {} : { overrides: { file, keys, problem: why } }
}

async function serviceOf(ports: EnginePorts, { installed }: Opened): Promise<StatusReport['service']> {
  if (installed.service === null) return null
  const { ref, state } = installed.service
  return { running: state.running, state: state.state, describe: (await ports.adapters.service(ref)).describe }
}

function problemFrom({ code, message, hint }: NonNullable<CheckReport['error']>): Problem {
  const known = problemCodes.find((one) => one === code) ?? 'E_INTERNAL'
  return problem(known, message, { hint })
}
