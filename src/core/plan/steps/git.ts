import type { Spec } from '../../model/names.ts'
import type { Artifact } from '../../model/release.ts'
import type { StepBase } from './base.ts'

/** Repositories of git. */

/** A folder with a git repository, and the user that git runs as in it; null: whoever runs belay. */
interface GitStep extends StepBase {
  readonly repository: string
  readonly user: string | null
  /** Whether submodules are brought along. */
  readonly submodules: boolean
}

/**
 * Brings a commit's objects into a repository while the old version runs, and proves that nothing of it is missing.
 * `create`: the repository is made first, in a folder that is not there or empty. `have`: a commit that it has already.
 */
export interface GitFetchStep extends GitStep {
  readonly kind: 'git-fetch'
  readonly source: Spec
  readonly artifact: Artifact
  readonly commit: string
  /** Where tags are followed: the tag that is meant. */
  readonly tag: string | null
  readonly have: string | null
  readonly create: 'bare' | 'checkout' | null
  /** For a repository that is made: what its branch follows. */
  readonly origin: { readonly url: string; readonly branch: string | null } | null
  /** What the checkout knows of its remote's branch: moved along, as a fetch by hand would. null: it follows another one. */
  readonly tracking: string | null
  /** Of earlier runs, so many ways back stay. */
  readonly keep: number
}

/** A second work tree of a repository, at one commit; null: it is taken away. */
export interface GitWorktreeStep extends GitStep {
  readonly kind: 'git-worktree'
  readonly commit: string | null
  readonly path: string
}

/**
 * Moves a work tree, and the branch that it is on, to another commit. `from` null: nothing was checked out yet; `branch`
 * null: detached. `preserve`: tracked paths that stay as they are. `exchange`: folders made ready elsewhere that take the
 * place of those that stand there.
 */
export interface GitCheckoutStep extends GitStep {
  readonly kind: 'git-checkout'
  readonly from: string | null
  readonly to: string
  readonly branch: string | null
  readonly local: 'refuse' | 'stash'
  readonly preserve: readonly string[]
  readonly exchange: { readonly from: string; readonly paths: readonly string[] } | null
}
