import type { VersionItem } from '../../api/types.ts'

/** Of a list, newest first, what one can go back to: what is older than what runs, and what is still on this host. */
export function earlierThan(versions: readonly VersionItem[]): readonly VersionItem[] {
  const now = versions.findIndex(({ current }) => current)
  return versions.filter(({ current, kept }, index) => !current && (index > now || kept))
}
