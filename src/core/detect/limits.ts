import type { Candidate, Deployment, Limit } from './deployment.ts'
import { mountsOf } from './mounts.ts'
import { parentOf } from './places.ts'
import { fileOf, type Readings, valueOf } from './readings.ts'

type Known = Pick<Deployment, 'kind' | 'systemd' | 'privileges' | 'applications'>

/** What pip, npm or a build may need; less, and a unit's or container's limit ends them in the middle. */
const memoryBytesEnough = 512 * 1024 * 1024
const cpuPercentEnough = 50

/** What would not work, before anything is tried. */
export function limitsOf(known: Known, readings: Readings): readonly Limit[] {
  return [
    ...engineLimits(known, readings),
    ...managerLimits(known, readings),
    ...pathLimits(known, readings),
    ...unitLimits(known, readings),
    ...budgetLimits(readings),
  ]
}

function engineLimits({ kind, privileges, applications }: Known, readings: Readings): readonly Limit[] {
  const { engines } = privileges
  const usable = engines.find((engine) => engine.usable)
  const gitTree = applications.find(({ git }) => git)
  const git: readonly Limit[] =
    gitTree === undefined || readings.programs.includes('git') ? [] : [{ code: 'git-absent', path: gitTree.path }]
  if (usable !== undefined) {
    const none = readings.composePrograms.length === 0
    return [...git, ...(none ? [{ code: 'compose-absent', engine: usable.name ?? 'docker' } as const] : [])]
  }
  const refused = engines.map(({ address, errno }): Limit => {
    const closed = errno === 'EACCES' || errno === 'EPERM'
    return { code: closed ? 'engine-refused' : 'engine-silent', address, errno: errno ?? 'unknown' }
  })
  const inside = kind === 'docker' || kind === 'podman'
  return [...git, ...refused, ...(inside && engines.length === 0 ? [{ code: 'engine-absent' } as const] : [])]
}

function managerLimits({ systemd, kind, privileges, applications }: Known, readings: Readings): readonly Limit[] {
  const limits: Limit[] = []
  const linux = readings.platform === 'linux'
  if (linux && !systemd && kind !== 'unknown') limits.push({ code: 'systemd-absent' })
  if (systemd && privileges.systemd.system === 'refused') limits.push({ code: 'systemd-refused' })
  const systemUnits = (valueOf(readings.units) ?? []).filter(({ scope }) => scope === 'system')
  const unit = applications.find((each) => systemUnits.some((one) => one.unit === each.unit))?.unit ?? null
  if (unit !== null && !privileges.root && privileges.uid !== null) {
    limits.push({ code: 'restart-refused', unit, uid: privileges.uid })
  }
  if (!privileges.root && privileges.noNewPrivileges === true && readings.programs.includes('sudo')) {
    limits.push({ code: 'sudo-blocked' })
  }
  return limits
}

function pathLimits({ applications }: Known, readings: Readings): readonly Limit[] {
  const points = new Set(mountsOf(fileOf(readings, '/proc/self/mountinfo') ?? '').map(({ point }) => point))
  return applications.flatMap((each): readonly Limit[] => {
    const mounted: readonly Limit[] =
      each.compose !== null && points.has(each.compose) ? [{ code: 'file-mount', path: each.compose }] : []
    return [...mounted, ...closedLimits(each, readings)]
  })
}

function closedLimits({ path }: Candidate, readings: Readings): readonly Limit[] {
  const access = readings.access[path]
  if (access === undefined) return []
  if ('errno' in access.itself) return [{ code: 'path-closed', path, errno: access.itself.errno }]
  if ('errno' in access.parent)
    return [{ code: 'parent-closed', path, parent: parentOf(path), errno: access.parent.errno }]
  return []
}

function unitLimits({ privileges }: Known, readings: Readings): readonly Limit[] {
  const own = valueOf(readings.ownUnit)
  const limits: Limit[] = []
  if (privileges.readOnly.length > 0) {
    const byUnit = own !== null && !['', 'no'].includes(own.protectSystem)
    limits.push({ code: 'system-read-only', paths: privileges.readOnly, unit: byUnit ? own.unit : null })
  }
  if (own !== null && !['', 'no'].includes(own.protectHome))
    limits.push({ code: 'home-hidden', unit: own.unit, value: own.protectHome })
  const percent = own?.cpuPercentMax ?? null
  if (own !== null && percent !== null && percent < cpuPercentEnough)
    limits.push({ code: 'cpu-limit', percent, unit: own.unit })
  return limits
}

const groupFiles = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'] as const

/** The unit's limit, else that of the control group that we see as the root of all: a container's. */
function budgetLimits(readings: Readings): readonly Limit[] {
  const own = valueOf(readings.ownUnit)
  const group = groupFiles
    .map((file) => Number(fileOf(readings, file)?.trim() ?? Number.NaN))
    .find((bytes) => bytes > 0)
  const unit = own?.memoryBytesMax ?? null
  const bytes = unit ?? group ?? null
  if (bytes === null || bytes >= memoryBytesEnough) return []
  return [{ code: 'memory-limit', bytes, unit: unit === null ? null : (own?.unit ?? null) }]
}
