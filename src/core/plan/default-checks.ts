import type { Spec } from '../model/names.ts'

/** The larger of the need and this is asked of the disk where `checks:` is absent. */
const directoryMinimumMb = 1000
const containerMinimumMb = 500

/** What `checks:` would say when it says nothing. A service that was down is not asked to have been up. */
export function defaultChecks(has: {
  readonly service: boolean
  readonly running: boolean
  readonly hasVersion: boolean
  readonly downloads: boolean
  readonly containers: boolean
}): {
  readonly before: readonly Spec[]
  readonly after: readonly Spec[]
} {
  const space = { type: 'disk_space', minimum_mb: has.containers ? containerMinimumMb : directoryMinimumMb }
  const before: Spec[] = [space, { type: 'permissions' }]
  if (has.downloads) before.push({ type: 'network' })
  if (has.service && has.running) before.push({ type: 'service_running' })
  const after: Spec[] = []
  if (has.service) after.push({ type: has.containers ? 'container_running' : 'service_active' })
  if (has.hasVersion) after.push({ type: 'version_check' })
  return { before, after }
}

/** A `disk_space` check without a path asks where the room is needed; `disk` null: wherever the update writes (D7). */
export function withDisk(spec: Spec, disk: string | null): Spec {
  if (spec.type !== 'disk_space' || spec['path'] !== undefined || disk === null) return spec
  return { ...spec, path: disk }
}
