import type { Checkout } from '../../host/git/checkout.ts'
import { git, gitText, type Place } from '../../host/git/run.ts'

/**
 * How the commit that is checked out stands to one that the source offers.
 * `forward`: it is an ancestor. `back`: the other way round. `rewritten`: the source had it once, on another history.
 * `own`: `commits` of it were never published. `elsewhere`: it came from some remote, not from this source.
 */
export type Standing =
  | { readonly kind: 'same' | 'forward' | 'back' | 'rewritten' | 'elsewhere' }
  | { readonly kind: 'own'; readonly commits: number }

/** `cache`: what is known of the source. Asks nobody. */
export async function standingOf(
  checkout: Checkout,
  cache: Place,
  target: string,
  signal: AbortSignal,
): Promise<{ readonly standing: Standing; readonly known: boolean }> {
  const { commit } = checkout
  if (commit === null || commit === target) return { standing: { kind: 'same' }, known: commit !== null }
  if (await has(cache, commit, signal)) {
    if (await isAncestor(cache, commit, target, signal)) return { standing: { kind: 'forward' }, known: true }
    const older = await isAncestor(cache, target, commit, signal)
    return { standing: { kind: older ? 'back' : 'rewritten' }, known: true }
  }
  const commits = await unpublished(checkout, signal)
  return { standing: commits > 0 ? { kind: 'own', commits } : { kind: 'elsewhere' }, known: false }
}

/** W4: whether all of a release is in what is checked out already. */
export async function containsCommit(
  { place, commit }: Checkout,
  release: string,
  signal: AbortSignal,
): Promise<boolean> {
  return commit !== null && commit !== release && isAncestor(place, release, commit, signal)
}

export async function has(place: Place, commit: string, signal: AbortSignal): Promise<boolean> {
  const found = await git(place, ['cat-file', '-t', commit], { signal }).catch(() => null)
  return found?.code === 0 && found.stdout.trim() === 'commit'
}

async function isAncestor(place: Place, older: string, newer: string, signal: AbortSignal): Promise<boolean> {
  return (await git(place, ['merge-base', '--is-ancestor', older, newer], { signal })).code === 0
}

/** Commits that no remote, no tag and no earlier run of belay brought. */
async function unpublished({ place }: Checkout, signal: AbortSignal): Promise<number> {
  const args = ['rev-list', '--count', 'HEAD', '--not', '--remotes', '--tags', '--glob=refs/belay/new/*']
  return Number(await gitText(place, args, { signal }))
}
