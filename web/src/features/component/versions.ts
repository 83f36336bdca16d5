import type { VersionItem } from '../../api/types.ts'

/** Of a list, newest first, what one can go back to: what is older than what runs, and what is still on this host. */
export function earlierThan(versions: readonly VersionItem[]): readonly VersionItem[] {
  const now = versions.findIndex(({ current }) => current)
  return versions.filter(({ current, kept }, index) => !current && (index > now || kept))
}

/** The newest that is still here and older than what runs: not the one that was taken back a moment ago. */
export function likeliest(versions: readonly VersionItem[]): string | null {
  const now = versions.findIndex(({ current }) => current)
  const kept = versions.filter(({ current, kept }) => kept && !current)
  const older = kept.find((version) => versions.indexOf(version) > now)
  return (older ?? kept[0])?.version ?? null
}
