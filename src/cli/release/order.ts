import { compareVersions, isPrerelease, parseVersion } from '../../core/version/compare.ts'
import type { Scheme } from '../../core/version/scheme.ts'
import type { ServedRelease } from './served.ts'

/** The schemes in the order in which a folder that names none is read. */
const guesses: readonly Scheme[] = ['semver', 'pep440', 'loose']

/** By version, not by date: copying a folder changes every date in it. By date only what is no version. */
export function newestFirst(a: ServedRelease, b: ServedRelease): number {
  const scheme = guesses.find((one) => compareVersions(a.version, b.version, one) !== null)
  const order = scheme === undefined ? 0 : (compareVersions(b.version, a.version, scheme) ?? 0)
  return order || (a.publishedAt < b.publishedAt ? 1 : a.publishedAt > b.publishedAt ? -1 : a.tag < b.tag ? -1 : 1)
}

export function looksLikePrerelease(version: string): boolean {
  const scheme = guesses.find((one) => parseVersion(version, one) !== null)
  return scheme !== undefined && isPrerelease(version, scheme)
}
