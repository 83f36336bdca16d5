import type { DeploymentKind, Evidence } from './deployment.ts'
import { mountAt, mountsOf } from './mounts.ts'
import { type FileRead, fileOf, type Readings } from './readings.ts'

type FileEvidence = Extract<Evidence, { readonly file: string }>

/** The file that Docker leaves in each container, and that stays in everything that is made from one. */
export function markerOf(readings: Readings): Evidence | null {
  const file = '/.dockerenv'
  return fileOf(readings, file) === null ? null : { finding: 'docker', file, value: 'present' }
}

const id = '[0-9a-f]{64}'
const hostnameOf = new RegExp(`/containers/(${id})/hostname$`)

/** What only an engine's own container has: its control group, or its host name mounted from the engine's folder. */
export function dockerTraces(readings: Readings): readonly FileEvidence[] {
  const group = dockerTrace(readings, '/proc/self/cgroup', new RegExp(`/docker[/-]${id}`), 'docker')
  const mount = hostnameMount(readings)
  if (mount === null) return group
  return [...group, { finding: 'docker', file: '/proc/self/mountinfo', value: `/etc/hostname from ${mount.root}` }]
}

/** Our own container, from either trace; null where neither tells. */
export function ownContainer(readings: Pick<Readings, 'files'>): string | null {
  const mounted = hostnameOf.exec(hostnameMount(readings)?.root ?? '')?.[1]
  const grouped = new RegExp(`(?:docker|libpod)[/-](${id})`).exec(fileOf(readings, '/proc/self/cgroup') ?? '')?.[1]
  return mounted ?? grouped ?? null
}

export function dockerTrace(
  readings: Readings,
  file: FileRead,
  pattern: RegExp,
  finding: DeploymentKind,
): readonly FileEvidence[] {
  const value = pattern.exec(fileOf(readings, file) ?? '')?.[0]
  return value === undefined ? [] : [{ finding, file, value }]
}

function hostnameMount(readings: Pick<Readings, 'files'>) {
  const mounts = mountsOf(fileOf(readings, '/proc/self/mountinfo') ?? '')
  return mounts.find(({ point, root }) => point === '/etc/hostname' && hostnameOf.test(root)) ?? null
}

const diskTypes: ReadonlySet<string> = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'f2fs'])

/**
 * Our root is the root of a disk: no driver of Docker's gives a container that. Its overlay is none, vfs gives a folder of
 * one, btrfs and zfs give a volume, and devicemapper a disk that is called after it.
 */
export function rootOnDisk(readings: Readings): Evidence | null {
  const root = mountAt(mountsOf(fileOf(readings, '/proc/self/mountinfo') ?? ''), '/')
  if (root === null || root.root !== '/' || !diskTypes.has(root.type)) return null
  if (!root.source.startsWith('/dev/') || root.source.startsWith('/dev/mapper/docker-')) return null
  return { finding: 'vm', file: '/proc/self/mountinfo', value: `/ is ${root.type} on ${root.source}` }
}
