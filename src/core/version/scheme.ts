/** How a project counts, as a config may say it. `loose`: any row of numbers, compared one by one. */
export const schemes = ['semver', 'pep440', 'calver', 'loose'] as const

/**
 * Two that do not count: what differs from what is offered is older. Nobody writes them. `digest`: where the tag of an
 * image names no version. `commit`: where a branch is followed; its source lists the newest commit first.
 */
export type Scheme = (typeof schemes)[number] | 'digest' | 'commit'

/** Whether versions of the scheme have an order of their own. */
export function counts(scheme: Scheme): boolean {
  return scheme !== 'digest' && scheme !== 'commit'
}

/**
 * A version that could be read. `canonical` is one spelling per version, including its build: only the scheme's own
 * comparison reads it again. `numbers` are the release numbers as far as they were written (`v1.2` → [1, 2]).
 */
export interface ParsedVersion {
  readonly scheme: Scheme
  readonly canonical: string
  /** PEP 440's epoch, 0 everywhere else. */
  readonly epoch: number
  readonly numbers: readonly number[]
  readonly prerelease: boolean
  /** Build metadata (semver) or local version (PEP 440); null when there is none. */
  readonly build: string | null
}
