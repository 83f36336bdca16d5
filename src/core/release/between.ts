import { compareVersions, parseVersion, sameVersion } from '../version/compare.ts'
import { counts, type Scheme } from '../version/scheme.ts'

/** Those that the scheme can read, newest first. Versions without an order of their own stay as they were listed. */
export function newestFirst<R extends { readonly version: string }>(
  releases: readonly R[],
  scheme: Scheme,
): readonly R[] {
  const readable = releases.filter(({ version }) => parseVersion(version, scheme) !== null)
  if (!counts(scheme)) return readable
  return readable.toSorted((a, b) => compareVersions(b.version, a.version, scheme) ?? 0)
}

/**
 * What lies between two versions, the newer one among it: what somebody who updates has not read yet. Newest first.
 * Where nothing tells how far back to go (`from` is null, or a commit that is not listed), the newest one alone.
 */
export function releasesBetween<R extends { readonly version: string }>(
  releases: readonly R[],
  from: string | null,
  to: string,
  scheme: Scheme,
): readonly R[] {
  const sorted = newestFirst(releases, scheme)
  const begin = sorted.findIndex(({ version }) => sameVersion(version, to, scheme))
  if (begin === -1) return []
  const later = sorted.slice(begin)
  const end = later.findIndex(({ version }) => from !== null && isReached(version, from, scheme))
  if (end === -1) return from !== null && counts(scheme) ? later : later.slice(0, 1)
  return later.slice(0, Math.max(1, end))
}

function isReached(version: string, from: string, scheme: Scheme): boolean {
  if (!counts(scheme)) return sameVersion(version, from, scheme)
  return (compareVersions(version, from, scheme) ?? 1) <= 0
}
