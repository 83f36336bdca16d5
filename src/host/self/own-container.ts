import { ownContainer } from '../../core/detect/docker.ts'
import { readStart, reading } from '../detect/read.ts'

/** The id of the container that this process runs in; null: in none, or none that tells. */
export async function ownContainerId(): Promise<string | null> {
  if (process.platform !== 'linux') return null
  const traces = ['/proc/self/mountinfo', '/proc/self/cgroup'] as const
  const read = traces.map(async (file) => [file, await reading(() => readStart(file))] as const)
  return ownContainer({ files: Object.fromEntries(await Promise.all(read)) })
}
