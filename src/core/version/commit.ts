import type { ParsedVersion } from './scheme.ts'

const charsMax = 256
/** How much of a commit's id is its version: the same for all, so that versions can be compared as they are spelled. */
export const commitDigits = 12
const id = /^[0-9a-f]{7,64}$/i

/** `b387b2951a22`: what a commit is called as a version. */
export function commitVersion(commit: string): string {
  return commit.toLowerCase().slice(0, commitDigits)
}

/**
 * Commits have no order of their own: another one is another state of the tree. A whole id and its beginning are the same
 * commit from twelve digits on; any other text (the `1.2.3` of what ran before) stands for itself.
 */
export function parseCommit(text: string): ParsedVersion | null {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > charsMax) return null
  const canonical = id.test(trimmed) ? commitVersion(trimmed) : trimmed
  return { scheme: 'commit', canonical, epoch: 0, numbers: [], prerelease: false, build: null }
}
