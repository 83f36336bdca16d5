import type { EngineAccess, Privileges, Reach } from './deployment.ts'
import { mountAt, mountsOf } from './mounts.ts'
import { type EngineReading, fileOf, type Reading, type Readings, valueOf } from './readings.ts'

/** The words of systemctl for a manager that answers, however well it is. */
const answering: ReadonlySet<string> = new Set([
  'initializing',
  'starting',
  'running',
  'degraded',
  'maintenance',
  'stopping',
])
/** Where an update writes: the programs, and the units of systemd. */
const systemPaths = ['/', '/usr', '/etc', '/opt', '/srv', '/home', '/var'] as const

export function privilegesOf(readings: Readings): Privileges {
  const { uid, sudo } = readings
  return {
    uid,
    root: uid === 0,
    sudo: uid === 0 || isAbsent(sudo) ? null : valueOf(sudo) === true,
    engines: readings.engines.flatMap(engineAccess),
    systemd: { system: reach(readings.systemManager), user: reach(readings.userManager) },
    noNewPrivileges: noNewPrivileges(readings),
    readOnly: readOnlyPaths(readings),
  }
}

/** No such program, or nothing of this kind on this platform. */
function isAbsent(reading: Reading<unknown>): boolean {
  return 'errno' in reading && (reading.errno === 'ENOENT' || reading.errno === 'E_COMMAND_NOT_FOUND')
}

function engineAccess({ address, answer }: EngineReading): readonly EngineAccess[] {
  if ('value' in answer) {
    const { name, version } = answer.value
    return [{ address, usable: true, name, version, errno: null }]
  }
  if (answer.errno === 'ENOENT') return []
  return [{ address, usable: false, name: null, version: null, errno: answer.errno }]
}

function reach(manager: Reading<string>): Reach {
  if ('errno' in manager) return isAbsent(manager) ? 'absent' : 'refused'
  if (answering.has(manager.value)) return 'reachable'
  return manager.value === 'offline' ? 'absent' : 'refused'
}

function noNewPrivileges(readings: Readings): boolean | null {
  const flag = /^NoNewPrivs:\s*([01])/m.exec(fileOf(readings, '/proc/self/status') ?? '')?.[1]
  return flag === undefined ? null : flag === '1'
}

function readOnlyPaths(readings: Readings): readonly string[] {
  const mounts = mountsOf(fileOf(readings, '/proc/self/mountinfo') ?? '')
  const points = systemPaths.flatMap((path) => {
    const mount = mountAt(mounts, path)
    return mount?.readOnly === true ? [mount.point] : []
  })
  return [...new Set(points)]
}
