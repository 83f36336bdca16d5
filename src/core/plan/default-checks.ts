import type { Spec } from '../model/names.ts'

/** The larger of the need and this is asked of the disk where `checks:` is absent (CONTRACT §2). */
const directoryMinimumMb = 1000

/** What `checks:` would say when it says nothing. A service that was down is not asked to have been up. */
export function defaultChecks(has: {
  readonly service: boolean
  readonly running: boolean
  readonly hasVersion: boolean
  readonly downloads: boolean
}): {
  readonly before: readonly Spec[]
  readonly after: readonly Spec[]
} {
  const before: Spec[] = [{ type: 'disk_space', minimum_mb: directoryMinimumMb }, { type: 'permissions' }]
  if (has.downloads) before.push({ type: 'network' })
  if (has.service && has.running) before.push({ type: 'service_running' })
  const after: Spec[] = []
  if (has.service) after.push({ type: 'service_active' })
  if (has.hasVersion) after.push({ type: 'version_check' })
  return { before, after }
}
