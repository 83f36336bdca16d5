import { existsSync } from 'node:fs'
import { fail } from '../../core/model/problem.ts'
import { componentNameSchema } from '../../core/model/names.ts'
import type { ServiceRef } from '../../core/plan/step.ts'
import { type ProcessInfo, ageMs, bootId, ownerOf, workingFolder } from '../../host/process/find.ts'
import { userName } from '../../host/process/identity.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Service, ServiceKind, ServiceState } from '../../ports/service.ts'
import { findService, membersOf } from './members.ts'
import { boundOutput, lastOutput, lastWriteMs } from './output.ts'
import {
  type ProcessRecord,
  type ServiceFolder,
  readRecord,
  removeRecord,
  serviceFolder,
  writeRecord,
} from './record.ts'
import { type ProcessServiceConfig, processServiceSchema } from './schema.ts'
import { inSlot } from './slots.ts'
import type { StartOptions } from './start.ts'

export interface ProcessServices extends StartOptions {
  /** Absolute. Records and output go to `services/<component>` in it. */
  readonly stateDir: string
}

async function inspect(ref: ServiceRef, folder: ServiceFolder, clock: Clock): Promise<ServiceState> {
  await boundOutput(folder.log)
  const { leader, dead } = findService(folder)
  const base = { found: true, restarts: 0, user: ref.user }
  if (leader === null) {
    const state = dead ? 'dead' : 'stopped'
    return { ...base, running: false, state, over: true, pid: null, since: null, paths: [ref.cwd] }
  }
  const uid = ownerOf(leader.pid)
  const cwd = workingFolder(leader.pid)
  return {
    ...base,
    running: true,
    state: 'running',
    pid: leader.pid,
    since: clock.now() - ageMs(leader),
    user: uid === null ? ref.user : userName(uid),
    paths: cwd === null || cwd === ref.cwd ? [ref.cwd] : [ref.cwd, cwd],
  }
}

/** Of a process that only its marker tells of. */
function recordOf(leader: ProcessInfo, clock: Clock): ProcessRecord {
  const { pid, startTicks } = leader
  return { v: 1, pid, startTicks, bootId: bootId(), startedAt: clock.now() - ageMs(leader), logOffset: 0 }
}

/** What starts and stops is loaded by whoever does: most commands only look. */
function open(config: ProcessServiceConfig, ref: ServiceRef, options: ProcessServices): Service {
  const { stateDir, clock } = options
  if (!existsSync('/proc/self/stat')) {
    throw fail('E_PLATFORM', 'services of type "process" need /proc, which this system does not have', {
      hint: 'Use another type of service on this system.',
    })
  }
  const component = componentNameSchema.parse(ref.component)
  const folder = serviceFolder(stateDir, component, config.slot ?? null)
  const stop = async (signal: AbortSignal) => {
    const { leader } = findService(folder)
    // What the start needs is loaded now, while the service still runs.
    const [{ stopProcess }] = await Promise.all([import('./stop.ts'), import('./start.ts')])
    await stopProcess({ component, folder, leader }, config.stop_timeout, clock, signal)
    writeRecord(folder, { v: 1, stopped: true, bootId: bootId() })
  }
  return {
    inspect: () => inspect(ref, folder, clock),
    start: async (signal) => {
      const { leader, marked, record } = findService(folder)
      const leaves = record?.ending === true
      if (leader !== null && !leaves) return
      const before = readRecord(folder)
      // What a dead service left running, or one that is on its way out, may hold its port.
      if (leader !== null || (marked ?? membersOf(folder, null)).length > 0) await stop(signal)
      // Before it starts: should belay die right after, the marker alone tells, and no record says that nothing runs.
      removeRecord(folder)
      const { startProcess } = await import('./start.ts')
      try {
        await startProcess(config, ref, folder, options, signal)
      } catch (error) {
        // It is still meant to run: whoever looks after it tries again.
        if (before !== null && before !== 'stopped' && !leaves) writeRecord(folder, before)
        throw error
      }
    },
    stop,
    terminate: async (signal) => {
      const { leader, record } = findService(folder)
      if (leader === null) return stop(signal)
      if (record?.ending === true) return
      const { refuseParent, signalAll } = await import('./stop.ts')
      const target = { component, folder, leader }
      refuseParent(target)
      writeRecord(folder, { ...(record ?? recordOf(leader, clock)), ending: true })
      // Once only: many programs take a second one as an order to end at once.
      signalAll(target, 'SIGTERM')
    },
    patienceMs: async () => config.stop_timeout,
    reload: async () => {},
    // It has no definition of its own: it runs where the plan says.
    relocation: async () => null,
    logs: async (sinceMs, linesMax) => {
      if ((await lastWriteMs(folder.log)) < sinceMs) return []
      const { record } = findService(folder)
      // Lines carry no time: those of this start are given when it is later than what was asked for.
      const offset = record !== null && record.startedAt >= sinceMs ? record.logOffset : 0
      return lastOutput(folder.log, offset, linesMax)
    },
  }
}

/**
 * A program that belay starts, stops and finds again by itself: the service of hosts without a service manager.
 * It leads its own session, survives belay, and writes to `STATE/services/<component>/output.log` (5 files of 10 MB); in a slot `<component>@blue`.
 */
export function processServices(options: ProcessServices): ServiceKind<ProcessServiceConfig> {
  return {
    kind: 'process',
    config: processServiceSchema,
    resource: () => null,
    describe: (config) => `process ${config.command[0]}`,
    open: (config, ref) => open(config, ref, options),
    inSlot,
    guard: null,
  }
}
