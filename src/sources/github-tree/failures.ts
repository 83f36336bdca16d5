import { BelayError, fail } from '../../core/model/problem.ts'
import type { GithubTreeConfig } from './schema.ts'

/**
 * What GitHub's answers mean for a branch: a wrong repository is never "no change" (H4). 404 stands for a repository or
 * a branch that is not there, and for one that is not shown; only its message may tell which.
 */
export function branchFailure(error: unknown, { repo, branch }: GithubTreeConfig): unknown {
  if (!(error instanceof BelayError)) return error
  const { code, message, hint, facts } = error.problem
  if (facts['status'] === 409) {
    return fail('E_NO_RELEASE', `The repository ${repo} is empty: nothing was ever pushed to it.`, {
      hint: 'Push a commit, or correct source.repo.',
      facts: { repo },
      cause: error,
    })
  }
  if (code !== 'E_NOT_FOUND' && !(facts['status'] === 422)) return error
  const noBranch = branch !== undefined && /no commit found|no ref found/i.test(message)
  const what = noBranch
    ? `The repository ${repo} has no branch ${branch}`
    : branch === undefined
      ? `There is no repository ${repo}, or it is not shown`
      : `There is no repository ${repo} with a branch ${branch}, or it is not shown`
  return fail('E_NOT_FOUND', `${what} (${message})`, {
    hint: noBranch
      ? 'Correct source.branch; without it the default branch is followed.'
      : `Compare source.repo${branch === undefined ? '' : ' and source.branch'} with the address in a browser. ${hint ?? ''}`.trim(),
    facts: { ...facts, repo, branch: branch ?? null },
    cause: error,
  })
}

export function treeTooLarge({ repo }: GithubTreeConfig, requestsMax: number): BelayError {
  return fail('E_RESPONSE_TOO_LARGE', `The tree of ${repo} does not come whole in ${requestsMax} requests.`, {
    hint: 'Follow it with source: { type: git } and strategy: { type: git }.',
    facts: { repo, requestsMax },
  })
}

export function foreignTree(repo: string, tag: string): BelayError {
  return fail('E_RESPONSE_INVALID', `"${tag.slice(0, 80)}" is no commit of ${repo}.`, {
    hint: 'Name a commit by its id, as "belay check" shows it.',
  })
}
