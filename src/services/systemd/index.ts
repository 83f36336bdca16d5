import type { ServiceRef } from '../../core/plan/step.ts'
import type { Service, ServiceKind, ServiceState } from '../../ports/service.ts'
import { actionFailed, unitNotFound } from './failures.ts'
import { systemdGuard } from './guard.ts'
import { journal, reloadDefinitions, show, showOne, systemctl } from './manager.ts'
import type { Manager } from './scope.ts'
import { relocation } from './relocation.ts'
import { type SystemdServiceConfig, systemdServiceSchema } from './schema.ts'
import { type Shown, isDown, isRunning, stateText } from './show.ts'

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
  const running = isRunning(shown)
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

/** Its sockets and timers stop first: a request that arrives in the outage would start it on a half-switched tree. */
async function stop(manager: Manager, unit: string, signal: AbortSignal): Promise<void> {
  const shown = await showOne(manager, unit, signal)
  const triggers = await triggersOf(manager, shown, signal)
  const up = [...triggers, shown].filter((each) => !isDown(each)).map(({ id }) => id)
  if (up.length > 0) await act('stop', manager, unit, up, signal)
}

function open(config: SystemdServiceConfig, ref: ServiceRef, systemUnitsDir: string): Service {
  const user = config.scope === 'user' && process.getuid?.() === 0 ? (config.user ?? ref.user) : null
  const manager: Manager = { scope: config.scope, user }
  return {
    inspect: async () => stateOf(await showOne(manager, config.unit, never), manager),
    start: (signal) => start(manager, config.unit, signal),
    stop: (signal) => stop(manager, config.unit, signal),
    relocation: (move) => relocation(manager, config.unit, systemUnitsDir, move),
    reload: () => reloadDefinitions(manager, never),
    logs: (sinceMs, linesMax) => journal(manager, config.unit, { ms: sinceMs, linesMax }, never),
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
    guard: systemdGuard(unitsDir),
  }
}
