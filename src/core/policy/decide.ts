import { fail } from '../model/problem.ts'
import type { Decision, HoldReason, Release } from '../model/release.ts'
import { compareParsed, parseVersion, relation, sameVersion } from '../version/compare.ts'
import { inRange, parseRange } from '../version/range.ts'
import type { ParsedVersion, Scheme } from '../version/scheme.ts'
import { type Auto, reaches } from './auto.ts'
import { pick } from './pick.ts'
import { isOpen, type Window } from './window.ts'

/**
 * What a person's word overrides. `none`: nobody asked (a timer, `check`). `asked`: a version that failed here before
 * may be tried again. `now`: the maintenance window and `min_age` too. `hold` gives way to a named version (`to`) alone.
 */
export type Override = 'none' | 'asked' | 'now'

export interface Question {
  /** What is installed; null: it cannot be told, or nothing is (`absent`). */
  readonly current: string | null
  /** Nothing is installed yet: the newest release is a candidate. */
  readonly absent: boolean
  /** In any order, those of the scheme `commit` newest first; drafts are left out already. */
  readonly releases: readonly Release[]
  readonly scheme: Scheme
  /** The source's `prereleases`. false holds for everybody: who runs a beta stays on it until a newer stable appears. */
  readonly prereleases: boolean
  readonly policy: { readonly window: Window | null; readonly minAgeMs: number; readonly hold: readonly string[] }
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Versions that were rolled back on this host, and the run that did. */
  readonly failedBefore: readonly { readonly version: string; readonly run: string }[]
  /** Exactly this version, with or without `v`, older ones and prereleases too. null: the newest. */
  readonly to: string | null
  readonly override: Override
  /** The policy `auto`, where it alone decides how far to go; null: somebody asked, or nothing is installed by it. */
  readonly reach: Auto | null
}

/** How many releases were passed over: versions that the scheme cannot read, and prereleases that are not wanted. */
export interface Skipped {
  readonly unreadable: number
  readonly prereleases: number
}

export type Decided = Decision & { readonly skipped: Skipped }

interface Candidate {
  readonly release: Release
  readonly version: ParsedVersion
}

/**
 * What to install. The newest release by version that nothing holds; when the newer ones are all held, the newest of
 * them and its reason. A version that failed here before holds the older ones as well: a host must not walk down through
 * a project's history, failing each night. `current` with the relation `unknown`: nothing can be compared.
 *
 * Errors: E_VERSION_NOT_FOUND (`to` names none of the releases), E_NO_RELEASE (nothing is installed and nothing offered).
 */
export function decide(question: Question): Decided {
  const { candidates, skipped } = readable(question)
  if (question.to !== null) return { ...decideNamed(question, question.to), skipped }
  const newest = candidates[0]
  if (newest === undefined) {
    if (question.absent) throw noRelease(skipped)
    return { kind: 'current', relation: 'unknown', latest: null, skipped }
  }
  const stands = question.absent ? 'older' : relation(question.current, newest.release.version, question.scheme)
  if (stands !== 'older') return { kind: 'current', relation: stands, latest: newest.release, skipped }
  return { ...decideAmong(newer(candidates, question), question), skipped }
}

function decideAmong(candidates: readonly Candidate[], question: Question): Decision {
  let held: Decision | null = null
  for (const candidate of candidates) {
    const by = holdOf(candidate, question)
    if (by === null) return whenOpen(candidate.release, question)
    if (held === null || by.kind === 'failed-before') held = { kind: 'held', release: candidate.release, by }
    if (by.kind === 'failed-before') break
  }
  return held ?? { kind: 'current', relation: 'unknown', latest: null }
}

function decideNamed(question: Question, to: string): Decision {
  const release = pick(question.releases, to, question.scheme)
  if (!question.absent && question.current !== null && sameBuild(question.current, release.version, question.scheme)) {
    return { kind: 'current', relation: 'current', latest: release }
  }
  return whenOpen(release, question)
}

/** Two builds of one version differ only where both say which build they are: many programs do not know theirs. */
function sameBuild(a: string, b: string, scheme: Scheme): boolean {
  const [left, right] = [parseVersion(a, scheme)?.build ?? null, parseVersion(b, scheme)?.build ?? null]
  return sameVersion(a, b, scheme) && (left === null || right === null || left === right)
}

function whenOpen(release: Release, question: Question): Decision {
  const { window } = question.policy
  if (window === null || question.override === 'now') return { kind: 'candidate', release }
  const { open, opensAt } = isOpen(window, question.now)
  if (open) return { kind: 'candidate', release }
  const opens = opensAt === null ? null : new Date(opensAt).toISOString()
  return { kind: 'held', release, by: { kind: 'window', opens } }
}

/** A pattern that cannot be read holds everything: the config refuses it, and a slip must not let an update through. */
function holdOf({ release, version }: Candidate, question: Question): HoldReason | null {
  const { policy, override, scheme } = question
  for (const pattern of policy.hold) {
    const range = parseRange(pattern, scheme)
    if (range === null || inRange(version, range)) return { kind: 'hold', pattern }
  }
  if (!isInReach(version, question)) return { kind: 'auto', auto: question.reach ?? 'all' }
  const young = override === 'now' ? null : tooYoung(release, policy.minAgeMs, question.now)
  if (young !== null) return young
  if (override !== 'none') return null
  const failed = question.failedBefore.find((entry) => sameBuild(entry.version, release.version, scheme))
  return failed === undefined ? null : { kind: 'failed-before', run: failed.run }
}

/** What is not there is never put there unasked: the disk that holds it may only be missing. */
function isInReach(version: ParsedVersion, { reach, absent, current, scheme }: Question): boolean {
  if (reach === null) return true
  const from = absent || current === null ? null : parseVersion(current, scheme)
  return from !== null && reaches(reach, from, version)
}

/** null: old enough. A release without a date never is by itself: its age is what `min_age` asks for. */
function tooYoung(release: Release, minAgeMs: number, now: number): HoldReason | null {
  if (minAgeMs === 0) return null
  const until = Date.parse(release.publishedAt ?? '') + minAgeMs
  if (Number.isNaN(until)) return { kind: 'min-age', until: null }
  return until > now ? { kind: 'min-age', until: new Date(until).toISOString() } : null
}

function newer(candidates: readonly Candidate[], question: Question): readonly Candidate[] {
  const { current, scheme } = question
  if (question.absent || current === null || parseVersion(current, scheme) === null) return candidates
  const behind = candidates.filter(({ release }) => relation(current, release.version, scheme) === 'older')
  if (scheme !== 'commit') return behind
  // What the branch had before it is no way forward.
  const at = candidates.findIndex(({ release }) => sameVersion(current, release.version, scheme))
  return at === -1 ? behind : candidates.slice(0, at)
}

function readable(question: Question): { readonly candidates: readonly Candidate[]; readonly skipped: Skipped } {
  const candidates: Candidate[] = []
  const skipped = { unreadable: 0, prereleases: 0 }
  for (const release of question.releases) {
    const version = parseVersion(release.version, question.scheme)
    if (version === null) skipped.unreadable++
    else if (!question.prereleases && (release.prerelease || version.prerelease)) skipped.prereleases++
    else candidates.push({ release, version })
  }
  // Commits have no order but that of their branch.
  return { candidates: question.scheme === 'commit' ? candidates : candidates.toSorted(newestFirst), skipped }
}

/** Builds of one version: the one published last, then by name, so that the answer does not depend on the API's order. */
function newestFirst(a: Candidate, b: Candidate): number {
  const published = (candidate: Candidate) => Date.parse(candidate.release.publishedAt ?? '') || 0
  const byBuild = a.version.canonical < b.version.canonical ? 1 : -1
  return compareParsed(b.version, a.version) || published(b) - published(a) || byBuild
}

function noRelease(skipped: Skipped): Error {
  if (skipped.prereleases > 0) {
    const hint = 'Set prereleases: true at the source to install them, or name one with --to.'
    return fail('E_NO_RELEASE', 'the source offers prereleases only', { hint, facts: { ...skipped } })
  }
  if (skipped.unreadable > 0) {
    const hint = 'Set the scheme under version: to how this project counts (semver, pep440, calver, loose).'
    return fail('E_NO_RELEASE', 'no release has a version that can be read', { hint, facts: { ...skipped } })
  }
  const hint = 'Publish a release, or correct the source.'
  return fail('E_NO_RELEASE', 'the source offers no release', { hint, facts: { ...skipped } })
}
