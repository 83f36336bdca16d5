import type { Spec } from '../model/names.ts'

/** Sources that give commits, not files that somebody published: nothing stands beside a commit to compare it with. */
export function isBranch(source: unknown): boolean {
  return source === 'github-tree' || source === 'git'
}

/**
 * Whether a source follows a branch, whose commits are its versions. A source `git` follows tags where `ref` says so
 * (`tags: v*`, or a map with `tags`).
 */
export function followsCommits(source: Spec): boolean {
  if (source.type === 'github-tree') return true
  if (source.type !== 'git') return false
  const { ref } = source
  return typeof ref === 'string' ? !ref.startsWith('tags:') : ref === undefined || ref === null
}
