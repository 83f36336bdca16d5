import { relative } from 'node:path'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { Spec } from '../../core/model/names.ts'
import type { Checkout } from '../../host/git/checkout.ts'
import { lockHint } from '../../host/git/failures.ts'
import { collisions } from '../../host/git/switch/paths.ts'
import type { TreeChange, TreeFile } from '../../host/git/tree.ts'
import { matchGlobs } from '../../host/tree/globs.ts'
import type { Standing } from './history.ts'
import type { GitStrategyConfig } from './schema.ts'

/** All sentences about checkouts that are not switched. Nothing was touched when one of them is said. */

const shownMax = 5

export function shown(paths: readonly string[]): string {
  const rest = paths.length - shownMax
  return paths.slice(0, shownMax).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

/** What somebody left in the middle, or what git cannot be asked to do beside. */
export function unready({ place, lock, busy, changes, sparse }: Checkout): Problem | null {
  const path = place.dir
  if (lock !== null) {
    return problem('E_LOCKED', `${lock} is there: another git is at work, or one that ended left it behind.`, {
      hint: lockHint(lock),
      retryable: true,
      facts: { file: lock },
    })
  }
  const unmerged = changes.filter((change) => change.unmerged)
  if (busy !== null || unmerged.length > 0) {
    const what = busy ?? `a merge with conflicts in ${shown(unmerged.map((change) => change.path))}`
    return problem('E_LOCAL_CHANGES', `Somebody began ${what} in ${path} and did not end it.`, {
      hint: `End it or give it up there: git -C ${path} status says how.`,
    })
  }
  if (!sparse) return null
  return problem('E_TARGET_FOREIGN', `${path} is a sparse checkout, of which only a part stands on the disk.`, {
    hint: `Make it whole with "git -C ${path} sparse-checkout disable", or use a checkout of its own.`,
  })
}

/** A branch of the user's own making is not moved to somebody else's commits. */
export function otherBranch({ place, branch, upstream }: Checkout, followed: string | null): Problem | null {
  if (branch === null || followed === null) return null
  const follows = upstream?.branch ?? branch
  if (follows === followed || branch === followed) return null
  return problem('E_TARGET_FOREIGN', `${place.dir} is on the branch ${branch}, and the source follows ${followed}.`, {
    hint: `Set source.ref to ${follows}, or change the branch: git -C ${place.dir} checkout ${followed}.`,
    facts: { branch, followed },
  })
}

export function ownCommits({ place, commit }: Checkout, standing: Standing): Problem | null {
  if (standing.kind !== 'own') return null
  const { commits } = standing
  const what = commits === 1 ? 'a commit' : `${commits} commits`
  return problem('E_LOCAL_CHANGES', `${place.dir} has ${what} that the source does not have.`, {
    hint: `Push them, or set them aside: git -C ${place.dir} branch mine && git -C ${place.dir} reset --keep @{upstream}.`,
    facts: { commits, commit },
  })
}

export function localChanges(config: GitStrategyConfig, { changes }: Checkout): Problem | null {
  const preserved = matchGlobs(config.preserve)
  const submodules = changes.filter((change) => change.submodule).map((change) => change.path)
  if (submodules.length > 0) {
    return problem('E_LOCAL_CHANGES', `The submodule ${shown(submodules)} is at another commit, or was edited.`, {
      hint: `Put it back as it is recorded: git -C ${config.path} submodule update --init --recursive.`,
    })
  }
  const paths = changes.map((change) => change.path).filter((path) => !preserved(path))
  if (paths.length === 0 || config.local_changes === 'stash') return null
  return problem('E_LOCAL_CHANGES', `${config.path} has local changes: ${shown(paths)}.`, {
    hint: 'Commit and push them, put them into git stash, set local_changes: stash, or name what must stay under preserve.',
    facts: { paths: paths.slice(0, 50), count: paths.length },
  })
}

/** Untracked files that a new one would take the place of. */
export async function inTheWay(
  config: GitStrategyConfig,
  changes: readonly TreeChange[],
  present: readonly TreeFile[],
): Promise<Problem | null> {
  if (config.local_changes === 'stash') return null
  const preserved = matchGlobs(config.preserve)
  const moved = changes.filter(({ path }) => !preserved(path))
  const paths = await collisions(config.path, moved, new Set(present.map(({ path }) => path)))
  if (paths.length === 0) return null
  return problem(
    'E_LOCAL_CHANGES',
    `The new version has ${shown(paths)}, where git knows of nothing and something is.`,
    {
      hint: 'Move it elsewhere, name it under preserve, or set local_changes: stash.',
      facts: { paths: paths.slice(0, 50), count: paths.length },
    },
  )
}

/** C3: data in the repository would be replaced by what somebody once committed. */
export function trackedData(
  config: GitStrategyConfig,
  data: readonly Spec[],
  files: readonly TreeFile[],
): Problem | null {
  const preserved = matchGlobs(config.preserve)
  for (const { path } of data) {
    if (typeof path !== 'string') continue
    const inside = relative(config.path, path)
    if (inside.startsWith('..')) continue
    const found = files.find(
      (file) => (file.path === inside || inside === '' || file.path.startsWith(`${inside}/`)) && !preserved(file.path),
    )
    if (found === undefined || inside === '') continue
    return problem(
      'E_DATA_TRACKED',
      `${found.path} is data of this installation, and the repository has a copy of its own.`,
      {
        hint: `Add ${found.path === inside ? inside : `${inside}/**`} to preserve, or take it out of the repository: git rm --cached, and .gitignore.`,
        facts: { path: found.path },
      },
    )
  }
  return null
}
