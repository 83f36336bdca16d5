import type { ParsedVersion } from '../version/scheme.ts'

/** How far a component may go without being asked. */
export type Auto = 'none' | 'patch' | 'minor' | 'all'

/**
 * Whether `auto` lets this step be taken unasked, by the place of the first number that differs: `minor` keeps the first
 * number, `patch` the first two. Numbers that were not written count as 0 (`1.2` → `1.2.1` is a patch). So a calendar version keeps
 * its year, or its year and month. A project's 0.x is no exception: the words mean places, not promises. What has no
 * numbers (a digest, a commit) has no small steps either: only `all` takes it.
 */
export function reaches(auto: Auto, from: ParsedVersion, to: ParsedVersion): boolean {
  if (auto === 'none' || auto === 'all') return auto === 'all'
  const kept = auto === 'minor' ? 1 : 2
  if (from.numbers.length === 0 || to.numbers.length === 0 || from.epoch !== to.epoch) return false
  for (let place = 0; place < kept; place++) {
    if ((from.numbers[place] ?? 0) !== (to.numbers[place] ?? 0)) return false
  }
  return true
}
