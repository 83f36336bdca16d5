import type { Relation } from '../model/release.ts'
import { parseCommit } from './commit.ts'
import { compareDigest, parseDigest } from './digest.ts'
import { compareNumeric, parseCalver, parseLoose } from './numeric.ts'
import { comparePep440, parsePep440 } from './pep440.ts'
import { counts, type ParsedVersion, type Scheme } from './scheme.ts'
import { compareSemver, parseSemver } from './semver.ts'

const parsers: { readonly [S in Scheme]: (text: string) => ParsedVersion | null } = {
  semver: parseSemver,
  pep440: parsePep440,
  calver: parseCalver,
  loose: parseLoose,
  digest: parseDigest,
  commit: parseCommit,
}

const comparisons: { readonly [S in Scheme]: (a: string, b: string) => number } = {
  semver: compareSemver,
  pep440: comparePep440,
  calver: compareNumeric,
  loose: compareNumeric,
  digest: compareDigest,
  commit: compareDigest,
}

/** null: no version in this scheme ("latest", "develop", a digest, a placeholder): unknown, and never 0.0.0. */
export function parseVersion(text: string, scheme: Scheme): ParsedVersion | null {
  return parsers[scheme](text)
}

/** Of two versions of one scheme. 0 for two builds of one version, except in PEP 440, which orders local versions. */
export function compareParsed(a: ParsedVersion, b: ParsedVersion): -1 | 0 | 1 {
  const order = comparisons[a.scheme](a.canonical, b.canonical)
  return order < 0 ? -1 : order > 0 ? 1 : 0
}

/** null when one of the two is unknown. */
export function compareVersions(a: string, b: string, scheme: Scheme): -1 | 0 | 1 | null {
  const [left, right] = [parseVersion(a, scheme), parseVersion(b, scheme)]
  return left === null || right === null ? null : compareParsed(left, right)
}

/**
 * How what is installed stands to what is offered. Only `older` is an update. A differing build of the same version
 * (`1.1.0` and `1.1.0+b5`) is `current`; `1.1.0+b5` is an update of `1.0.9` like `1.1.0` is. A digest or a commit is never newer.
 */
export function relation(current: string | null, latest: string | null, scheme: Scheme): Relation {
  const order = current === null || latest === null ? null : compareVersions(current, latest, scheme)
  if (order === null) return 'unknown'
  if (!counts(scheme)) return order === 0 ? 'current' : 'older'
  return order < 0 ? 'older' : order > 0 ? 'local-newer' : 'current'
}

/** false for an unknown version. */
export function isPrerelease(version: string, scheme: Scheme): boolean {
  return parseVersion(version, scheme)?.prerelease ?? false
}

/** Equal in the scheme, or, where it can read neither of them, spelled alike (commits, branch names). */
export function sameVersion(a: string, b: string, scheme: Scheme): boolean {
  const order = compareVersions(a, b, scheme)
  if (order !== null) return order === 0
  return parseVersion(a, scheme) === null && parseVersion(b, scheme) === null && a.trim() === b.trim()
}
