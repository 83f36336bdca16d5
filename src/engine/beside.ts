import type { ComponentName, RunId } from '../core/model/names.ts'
import { fail, problemOf } from '../core/model/problem.ts'
import { mainTarget, movesBelay, type Plan, type SelfPlan } from '../core/plan/plan.ts'
import type { Recorded } from '../core/run/entry.ts'
import { whyWatcherLeaves } from '../core/self/watcher.ts'
import { fold } from '../core/run/fold.ts'
import type { RunReport } from '../ports/engine.ts'
import type { Listener, RunEvent } from '../ports/progress.ts'
import type { EnginePorts } from './ports.ts'
import { reportOf } from './run.ts'

const lookMs = 150
/** A driver that is started takes a moment until it holds the lock; one that died is started again by who started it. */
const driverAbsentMsMax = 20_000

/** A run that another process has to carry: the plan, as it was opened. Null: anybody may. */
export async function besidePlan(ports: EnginePorts, run: RunId): Promise<SelfPlan | null> {
  const [first] = await ports.journal.read(run)
  if (first?.entry.t !== 'opened') return null
  const { plan } = first.entry
  return movesBelay(plan) ? plan : null
}

/** While Belay itself is moved nothing else is: what runs might be the version that is about to be put away. */
export async function refuseWhileMoving(ports: EnginePorts, but: ComponentName): Promise<void> {
  for (const { run, component, outcome } of await ports.journal.unfinished()) {
    if (component !== but && outcome === null) await refuseBeside(ports, run)
  }
}

/** Such a run is never driven by the one who found it, not even where its driver is not there yet. */
export async function refuseBeside(ports: EnginePorts, run: RunId): Promise<void> {
  if ((await besidePlan(ports, run)) === null) return
  throw fail('E_LOCKED', `Belay itself is being updated by ${run}.`, {
    hint: `Try again when that is over: belay show ${run}.`,
    retryable: true,
    facts: { run },
  })
}

/** A run that is under way would be asked to go back by the end of the agent. */
export async function refuseWhileOthersRun(ports: EnginePorts, plan: SelfPlan): Promise<void> {
  for (const { run, component } of await ports.journal.unfinished()) {
    if (run === plan.run || component === mainTarget(plan).component) continue
    const holder = await ports.locks.holder(`component:${component}`)
    if (holder === null) continue
    throw fail('E_LOCKED', `Belay does not move itself while ${component} is being updated by ${run}.`, {
      hint: `Try again when that is over: belay show ${run}.`,
      retryable: true,
      facts: { run },
    })
  }
}

/**
 * Lets the driver of a run carry it, and watches the journal until it is over. The component's lock is free, or the
 * driver's. An abort asks the driver to go back; one of the agent also ends the watching:
 * E_LOCKED.
 */
export async function carriedBeside(
  ports: EnginePorts,
  plan: SelfPlan,
  emit: Listener,
  signal: AbortSignal,
): Promise<RunReport> {
  const { run, beside } = plan
  const self = await ports.self()
  const lock = `component:${mainTarget(plan).component}` as const
  const isDriven = async () => (await ports.locks.holder(lock)) !== null
  let seen = await ports.journal.read(run)
  emit({ t: 'opened', run, plan, resumed: seen.length > 1, beside: true })
  if (!(await isDriven())) await started(ports, plan, seen)
  let absentMs = 0
  let cancels = false
  for (;;) {
    const entries = await ports.journal.read(run)
    for (const event of eventsOf(plan, entries, seen.length)) emit(event)
    const over = entries.length > seen.length && fold(entries).closed !== null
    seen = entries
    if (over) break
    if (signal.aborted && !cancels) {
      const leaves = whyWatcherLeaves(signal.reason)
      if (leaves !== 'leave') await self.cancel(beside)
      if (leaves !== null) throw goesOn(run)
      cancels = true
    }
    absentMs = (await isDriven()) ? 0 : absentMs + lookMs
    if (absentMs > driverAbsentMsMax) {
      await self.start(beside)
      absentMs = 0
    }
    await ports.clock.sleep(lookMs, cancels ? new AbortController().signal : signal).catch(() => {})
  }
  const report = reportOf(seen)
  return { ...report, warnings: [...report.warnings, ...(await tidied(ports, plan))] }
}

/** What a driver leaves can only warn. */
export async function tidied(ports: EnginePorts, { beside }: SelfPlan): Promise<readonly string[]> {
  try {
    await (await ports.self()).tidy(beside)
    return []
  } catch (error) {
    return [`What drove the update could not be tidied away: ${problemOf(error).message}`]
  }
}

/** Where nothing was begun, a driver that cannot be started is the end of the run. */
async function started(ports: EnginePorts, { run, beside }: SelfPlan, entries: readonly Recorded[]) {
  try {
    await (await ports.self()).start(beside)
  } catch (error) {
    if (entries.length === 1)
      await ports.journal.append(run, { t: 'closed', outcome: 'failed', problem: problemOf(error) })
    throw error
  }
}

function goesOn(run: RunId): Error {
  return fail('E_LOCKED', `Belay is being updated by ${run}, which goes on beside this process.`, {
    hint: `How it ends: belay show ${run}.`,
    retryable: true,
    facts: { run },
  })
}

/** What the driver did since, as if it were done here. */
function eventsOf({ run }: Plan, entries: readonly Recorded[], from: number): readonly RunEvent[] {
  return entries.slice(from).flatMap((recorded, i) => eventOf(run, recorded, entries.slice(0, from + i)) ?? [])
}

function eventOf(run: RunId, { entry, at }: Recorded, before: readonly Recorded[]): RunEvent | null {
  const since = () => Math.max(0, at - (before.at(-1)?.at ?? at))
  switch (entry.t) {
    case 'intent':
      return { t: 'step', run, step: entry.step, state: 'running', ms: 0, facts: {} }
    case 'done':
      return { t: 'step', run, step: entry.step, state: 'done', ms: since(), facts: entry.note ?? {} }
    case 'undone':
      return { t: 'step', run, step: entry.step, state: 'undone', ms: since(), facts: {} }
    case 'failed':
      return { t: 'failed', run, step: entry.step, verb: entry.verb, problem: entry.problem, ms: since() }
    case 'closed':
      return { t: 'closed', run, outcome: entry.outcome, problem: entry.problem }
    case 'opened':
    case 'resumed':
    case 'cancel':
      return null
  }
}
