import type { ServiceRef } from '../../core/plan/step.ts'
import { actionFailed, unitNotFound } from '../../host/systemd/failures.ts'
import { journal, reloadDefinitions, show, showOne, systemctl } from '../../host/systemd/manager.ts'
import { type Manager, managerOf } from '../../host/systemd/scope.ts'
import { type Shown, isDown, isRunning, stateText } from '../../host/systemd/show.ts'
import type { Service, ServiceKind, ServiceState } from '../../ports/service.ts'
import { setBoot } from './boot.ts'
import { systemdGuard } from './guard.ts'
import { relocation } from './relocation.ts'
import { type SystemdServiceConfig, systemdServiceSchema } from './schema.ts'
import { inSlot } from './slots.ts'

/** Longer than any sane TimeoutStartSec: the unit's own limits decide, this one only ends a hung systemctl. */
const actionTimeoutMs = 15 * 60_000
const failureLinesMax = 20
const never = new AbortController().signal

export interface SystemdServices {
  /** Where the administrator's unit files are; default /etc/systemd/system. */
  readonly unitsDir?: string
}

/** Wall time of a point of the monotonic clock, which is the one that no correction of the time moves. */
function wallTime(micros: number): number {
  return Math.round(Date.now() - (Number(process.hrtime.bigint() / 1000n) - micros) / 1000)
}

function stateOf(shown: Shown, manager: Manager): ServiceState {
  // One that finishes what it has is on its way out, and still there.
  const running = isRunning(shown) || shown.activeState === 'deactivating'
  return {
    found: shown.loadState === 'loaded',
    running,
    state: stateText(shown),
    pid: running ? shown.mainPid : null,
    restarts: shown.restarts,
    since: running && shown.activeSinceMicros > 0 ? wallTime(shown.activeSinceMicros) : null,
    user: shown.user ?? manager.user,
    paths: shown.paths,
  }
}

/** Sockets and timers that start it again by themselves. Those that an administrator disabled stay as they are. */
async function triggersOf(manager: Manager, shown: Shown, signal: AbortSignal): Promise<readonly Shown[]> {
  if (shown.triggeredBy.length === 0) return []
  const triggers = await show(manager, shown.triggeredBy, signal)
  return triggers.filter((unit) => unit.loadState === 'loaded')
}

async function act(
  verb: 'start' | 'stop',
  manager: Manager,
  unit: string,
  units: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const since = Date.now() - 1000
  const result = await systemctl(manager, [verb, '--', ...units], actionTimeoutMs, signal)
  if (result.code === 0) return
  // The journal only explains: that it cannot be read must not hide the failure itself.
  const lines = await journal(manager, unit, { ms: since, linesMax: failureLinesMax }, signal).catch(() => [])
  throw actionFailed(verb, manager, unit, result.stderr, lines)
}

async function start(manager: Manager, unit: string, signal: AbortSignal): Promise<void> {
  const shown = await showOne(manager, unit, signal)
  if (shown.loadState !== 'loaded') throw unitNotFound(manager, unit, shown.loadState)
  if (isRunning(shown)) return
  const triggers = await triggersOf(manager, shown, signal)
  const enabled = triggers.filter(({ unitFileState }) => unitFileState !== 'disabled').map(({ id }) => id)
  const wanted = [...enabled, unit]
  try {
    await act('start', manager, unit, wanted, signal)
  } catch (error) {
    // A version that kept dying used up the starts that systemd grants: the one that follows it must not pay for that.
    if ((await showOne(manager, unit, signal)).result !== 'start-limit-hit') throw error
    await systemctl(manager, ['reset-failed', '--', ...wanted], actionTimeoutMs, signal)
    await act('start', manager, unit, wanted, signal)
  }
}

/**
 * Its sockets and timers stop first: a request that arrives in the outage would start it on a half-switched tree. A socket that
 * others take, too, stays: people wait there, or are served by the other slot.
 */
async function toStop(manager: Manager, unit: string, signal: AbortSignal): Promise<readonly string[]> {
  const shown = await showOne(manager, unit, signal)
  const triggers = await triggersOf(manager, shown, signal)
  const own = triggers.filter(({ triggers: started }) => started.every((id) => id === shown.id))
  return [...own, shown].filter((each) => !isDown(each)).map(({ id }) => id)
}

async function stop(manager: Manager, unit: string, signal: AbortSignal): Promise<void> {
  const up = await toStop(manager, unit, signal)
  if (up.length > 0) await act('stop', manager, unit, up, signal)
}

/** Its TimeoutStopSec is the patience that it is given. Asked again, systemd does not signal again. */
async function terminate(manager: Manager, unit: string, signal: AbortSignal): Promise<void> {
  const up = await toStop(manager, unit, signal)
  if (up.length === 0) return
  const result = await systemctl(manager, ['stop', '--no-block', '--', ...up], actionTimeoutMs, signal)
  if (result.code !== 0) throw actionFailed('stop', manager, unit, result.stderr, [])
}

function open(config: SystemdServiceConfig, ref: ServiceRef, systemUnitsDir: string): Service {
  const { unit } = config
  const manager = managerOf(config, ref.user)
  return {
    inspect: async () => stateOf(await showOne(manager, unit, never), manager),
    start: (signal) => start(manager, unit, signal),
    stop: (signal) => stop(manager, unit, signal),
    terminate: (signal) => terminate(manager, unit, signal),
    patienceMs: async () => (await showOne(manager, unit, never)).stopTimeoutMs,
    boots: async () => (await showOne(manager, unit, never)).unitFileState === 'enabled',
    setBoot: (on, signal) => setBoot(manager, unit, on, systemUnitsDir, signal),
    relocation: (move) => relocation(manager, unit, systemUnitsDir, move),
    reload: () => reloadDefinitions(manager, never),
    logs: (sinceMs, linesMax) => journal(manager, unit, { ms: sinceMs, linesMax }, never),
  }
}

/** A unit of the system's manager or of a user's, by systemctl. */
export function systemdServices(options: SystemdServices = {}): ServiceKind<SystemdServiceConfig> {
  const unitsDir = options.unitsDir ?? '/etc/systemd/system'
  return {
    kind: 'systemd',
    config: systemdServiceSchema,
    resource: ({ scope, unit }) => `unit:${scope}/${unit.replace(/\.service$/, '')}`,
    describe: ({ unit }) => `systemd ${unit.replace(/\.service$/, '')}`,
    open: (config, ref) => open(config, ref, unitsDir),
    inSlot,
    guard: systemdGuard(unitsDir),
  }
}
