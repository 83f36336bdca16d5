import { problemOf } from '../core/model/problem.ts'
import { phaseOf } from '../core/run/phase.ts'
import { fold } from '../core/run/fold.ts'
import type { StatusReport } from '../ports/engine.ts'
import type { Opened } from './component.ts'
import { historyItem } from './history.ts'
import type { EnginePorts } from './ports.ts'

/** What stands, what the last check said, what is unfinished. Asks nobody but this machine. */
export async function statusOf(ports: EnginePorts, opened: Opened): Promise<StatusReport> {
  const { name, installed } = opened
  const last = ports.lastChecks.get(name)
  const [summary] = await ports.journal.runs({ component: name, limit: 1 })
  const unfinished = (await ports.journal.unfinished()).find((run) => run.component === name)
  return {
    component: name,
    installed: installed.version,
    state: installed.state,
    available: last?.latest ?? null,
    update_available: last?.update_available === true && last.latest !== installed.version,
    last_checked: last?.last_checked ?? null,
    service: await serviceOf(ports, opened),
    held: last?.held ?? null,
    unfinished:
      unfinished === undefined
        ? null
        : { run: unfinished.run, phase: phaseOf(fold(await ports.journal.read(unfinished.run))) },
    lock: await ports.locks.holder(`component:${name}`),
    last_run: summary === undefined ? null : await historyItem(ports, summary),
    kept: installed.kept.flatMap((kept) => (kept.version === null ? [] : [kept.version])),
    problem: last?.error ? problemFrom(last.error) : null,
  }
}

async function serviceOf(ports: EnginePorts, { installed }: Opened): Promise<StatusReport['service']> {
  if (installed.service === null) return null
  const { ref, state } = installed.service
  return { running: state.running, state: state.state, describe: (await ports.adapters.service(ref)).describe }
}

function problemFrom(error: { readonly code: string; readonly message: string; readonly hint: string | null }) {
  const shape = problemOf(new Error(error.message))
  return { ...shape, message: error.message, hint: error.hint, facts: { code: error.code } }
}
