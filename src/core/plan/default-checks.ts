import type { Spec } from '../model/names.ts'

/** The larger of the need and this is asked of the disk where `checks:` is absent (CONTRACT §2). */
const directoryMinimumMb = 1000
const containerMinimumMb = 500

/** What `checks:` would say when it says nothing. A service that was down is not asked to have been up. */
export function defaultChecks(has: {
  readonly service: boolean
  readonly running: boolean
  readonly hasVersion: boolean
  readonly downloads: boolean
  readonly containers: boolean
  /** Where the room is needed; null: wherever the update writes. */
  readonly disk: string | null
}): {
  readonly before: readonly Spec[]
  readonly after: readonly Spec[]
} {
  const space = { type: 'disk_space', minimum_mb: has.containers ? containerMinimumMb : directoryMinimumMb }
  const before: Spec[] = [has.disk === null ? space : { ...space, path: has.disk }, { type: 'permissions' }]
  if (has.downloads) before.push({ type: 'network' })
  if (has.service && has.running) before.push({ type: 'service_running' })
  const after: Spec[] = []
  if (has.service) after.push({ type: has.containers ? 'container_running' : 'service_active' })
  if (has.hasVersion) after.push({ type: 'version_check' })
  return { before, after }
}
