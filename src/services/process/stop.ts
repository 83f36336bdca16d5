import { fail } from '../../core/model/problem.ts'
import { type ProcessInfo, lineage, processInfo, signalGroup, signalProcess } from '../../host/process/find.ts'
import type { Clock } from '../../ports/clock.ts'
import { membersOf } from './members.ts'
import type { ServiceFolder } from './record.ts'

/** Most services end within a few milliseconds, and each of them is outage: a look comes a tenth of the wait so far late. */
const pollMsMin = 1
const pollMsMax = 100
/** The kernel needs a moment to take down what was killed; uninterruptible I/O may hold it longer. */
const killedMs = 5000

interface Target {
  readonly component: string
  readonly folder: ServiceFolder
  readonly leader: ProcessInfo | null
}

/** Refuses to end who started us. */
export function refuseParent({ component, leader }: Target): void {
  if (leader === null || !lineage().has(leader.pid)) return
  throw fail('E_SERVICE_STOP', `belay was started by the service of ${component}, which it is to stop`, {
    hint: 'Run belay from a terminal, from its own service, or from a timer.',
  })
}

/** Gives those that were told. */
export function signalAll(target: Target, signal: NodeJS.Signals): readonly ProcessInfo[] {
  const { leader } = target
  const members = membersOf(target.folder, leader)
  if (leader !== null && members.some((info) => info.group === leader.group)) signalGroup(leader.group, signal)
  for (const info of members) {
    if (info.group !== leader?.group) signalProcess(info.pid, signal)
  }
  return leader === null ? members : [leader, ...members]
}

function lives({ pid, startTicks }: ProcessInfo): boolean {
  return processInfo(pid)?.startTicks === startTicks
}

/** One that is ending has no environment any more to be found by, and may still hold its port: those that were told are remembered. */
async function allGone(
  target: Target,
  told: readonly ProcessInfo[],
  withinMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const since = performance.now()
  for (;;) {
    // Looking at every process of the host takes longer than looking at a few.
    if (!told.some(lives) && membersOf(target.folder, target.leader).length === 0) return true
    const waitedMs = performance.now() - since
    if (waitedMs >= withinMs) return false
    await clock.sleep(Math.min(Math.max(waitedMs / 10, pollMsMin), pollMsMax), signal)
  }
}

/**
 * Ends the service and everything that it started: TERM, then KILL for what is left after `graceMs`.
 * E_SERVICE_STOP when something survives even that.
 */
export async function stopProcess(target: Target, graceMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  refuseParent(target)
  const told = signalAll(target, 'SIGTERM')
  if (await allGone(target, told, graceMs, clock, signal)) return
  const killed = [...told, ...signalAll(target, 'SIGKILL')]
  if (await allGone(target, killed, killedMs, clock, signal)) return
  const pids = membersOf(target.folder, target.leader).map((info) => info.pid)
  throw fail('E_SERVICE_STOP', `the service of ${target.component} does not end, not even when killed`, {
    hint: 'Its processes wait for a disk or a device: look at the kernel log.',
    facts: { pids },
    retryable: true,
  })
}
