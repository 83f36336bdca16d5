import type { ComponentName, ResourceName, RunId } from '../core/model/names.ts'
import { problemOf } from '../core/model/problem.ts'
import { mainTarget, movesBelay, type Plan, type SelfPlan } from '../core/plan/plan.ts'
import { fold } from '../core/run/fold.ts'
import { runFacts } from '../core/run/report.ts'
import type { Measured } from '../core/traffic/promise.ts'
import type { Recorded } from '../core/run/entry.ts'
import type { RunMeasured, RunReport } from '../ports/engine.ts'
import type { Listener } from '../ports/progress.ts'
import type { HeldLocks } from '../ports/locks.ts'
import { type Driven, drive, type DrivePorts } from './drive.ts'
import type { EnginePorts } from './ports.ts'

/**
 * Opens a run in the journal and carries it to its end. The component's lock is held by the caller. The plan: it
 * is opened, and the process beside has to carry it.
 */
export async function execute(
  ports: EnginePorts,
  plan: Plan,
  emit: Listener,
  signal: AbortSignal,
): Promise<RunReport | SelfPlan> {
  ports.ballast.ensure()
  const held = await lockResources(ports, plan)
  try {
    await ports.journal.append(plan.run, { t: 'opened', plan })
    if (movesBelay(plan)) return plan
    emit({ t: 'opened', run: plan.run, plan, resumed: false })
    await drive(plan.run, await drivePorts(ports, emit), { signal, boot: false })
    return reportOf(await ports.journal.read(plan.run))
  } finally {
    held.release()
  }
}

/** Finishes or undoes what a crash left of one run. The component's lock is held by the caller. */
export async function finish(
  ports: EnginePorts,
  run: RunId,
  emit: Listener,
  options: { readonly boot: boolean; readonly signal: AbortSignal },
): Promise<{ report: RunReport; driven: Driven }> {
  const entries = await ports.journal.read(run)
  const { plan, closed } = fold(entries)
  const held = await lockResources(ports, plan)
  try {
    const poor = reserveMissing(ports)
    emit({ t: 'opened', run, plan, resumed: true })
    // Only a stuck run gets its bounds back: a crash loop must run into them.
    if (closed === 'stuck') await ports.journal.append(run, { t: 'resumed' })
    const driven = await drive(run, await drivePorts(ports, emit), options)
    const report = reportOf(await ports.journal.read(run))
    return { report: { ...report, warnings: [...report.warnings, ...poor] }, driven }
  } finally {
    held.release()
  }
}

/** The run before may have given the reserve up. Without it a way back is still better begun than left. */
function reserveMissing({ ballast }: EnginePorts): readonly string[] {
  try {
    ballast.ensure()
    return []
  } catch (error) {
    return [problemOf(error).message]
  }
}

async function lockResources(ports: EnginePorts, plan: Plan): Promise<HeldLocks> {
  const own = new Set<ResourceName>(plan.targets.map((target) => `component:${target.component}` as const))
  return ports.locks.acquire(
    plan.locks.filter((name) => !own.has(name)),
    `${plan.action} ${plan.run}`,
  )
}

async function drivePorts(ports: EnginePorts, emit: Listener): Promise<DrivePorts> {
  const handlers = await ports.handlers()
  return { journal: ports.journal, handlers, clock: ports.clock, emit, dropBallast: () => ports.ballast.drop() }
}

export function reportOf(entries: readonly Recorded[]): RunReport {
  const facts = runFacts(entries)
  const { plan, closed, problem } = facts.state
  const target = mainTarget(plan)
  return {
    run: plan.run,
    component: target.component,
    action: plan.action,
    from: target.from,
    to: target.to,
    // An unfinished run has no outcome of its own yet: whoever asks must resume it.
    outcome: closed ?? 'stuck',
    restart_required: closed === 'committed' && plan.about.restartRequired,
    steps: facts.steps.map((step) => ({
      kind: step.step.kind,
      state: step.state,
      ms: step.ms,
      detail: step.step.detail,
      facts: step.facts,
    })),
    downtime_ms: facts.downtimeMs,
    bytes_downloaded: facts.bytesDownloaded,
    ...(facts.measured === null ? {} : { measured: measuredOf(facts.measured) }),
    problem: closed === 'committed' ? null : problem,
    kept: facts.kept,
    warnings: facts.warnings,
  }
}

function measuredOf({ asked, failed, worstMs }: Measured): RunMeasured {
  return { asked, failed, worst_ms: worstMs }
}

/** A report for "there was nothing to do". */
export function currentReport(component: ComponentName, version: string | null): RunReport {
  return {
    run: null,
    component,
    action: 'update',
    from: version,
    to: version,
    outcome: 'current',
    restart_required: false,
    steps: [],
    downtime_ms: 0,
    bytes_downloaded: 0,
    problem: null,
    kept: [],
    warnings: [],
  }
}
