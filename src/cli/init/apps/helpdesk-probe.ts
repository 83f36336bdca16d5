import type { Answered, Looks } from '../looks.ts'

/** What the settings say. `given`: a person wrote it, and it is not exchanged for anything else. */
export interface Place {
  readonly repo: { readonly value: string; readonly given: boolean }
  readonly branch: { readonly value: string; readonly given: boolean }
  readonly api: string | null
  readonly notes: readonly string[]
}

export interface Probed {
  readonly repo: string
  /** null: the repository's own default. */
  readonly branch: string | null
  readonly notes: readonly string[]
}

/** The public repository of HelpDesk: the one that its own default names is not there. */
const publicRepo = 'aboro72/HelpDesk'
const likelyBranches = ['master', 'main', 'updates'] as const

/**
 * Asks whether the branch is there. A wrong setting of a person is kept and told, with what would be right; a wrong
 * default is exchanged for what is there, and told.
 */
export async function probe(looks: Looks, place: Place): Promise<Probed> {
  const { repo, branch } = { repo: place.repo.value, branch: place.branch.value }
  const asked: Ask = (one, other) => ask(looks, place, one, other)
  const answer = await asked(repo, branch)
  if (answer === 'there') return { repo, branch, notes: [] }
  if (answer !== 'missing') {
    const why = answer.failed.replace(/[.\s]+$/, '')
    return {
      repo,
      branch,
      notes: [`whether ${repo} has a branch ${branch} could not be asked (${why}): belay check tells`],
    }
  }
  const found = await another(asked, { repo, branch })
  if (found === null) {
    const hint = 'change it, or, where it is private, add token_env: GITHUB_TOKEN to the source'
    return { repo, branch, notes: [`${repo} with a branch ${branch} is not to be found: ${hint}`] }
  }
  const other = found.repo !== repo
  const there = `${found.repo} has ${found.branch === null ? 'a default branch, which is followed without branch' : `a branch ${found.branch}`}`
  if (other ? place.repo.given : place.branch.given) {
    const wrong = other ? `GITHUB_REPO ${repo} is not to be found` : `GITHUB_BRANCH ${branch} is not there`
    return { repo, branch, notes: [`${wrong}, and ${there}: if that is meant, change it here`] }
  }
  return { ...found, notes: [`${repo} with a branch ${branch}, its updater's default, is not to be found: ${there}`] }
}

type Pair = Pick<Probed, 'repo' | 'branch'>
type Ask = (repo: string, branch: string | null) => Promise<Answered>

async function another(asked: Ask, first: Pair): Promise<Pair | null> {
  for (const repo of new Set([first.repo, publicRepo])) {
    for (const branch of new Set([first.branch, ...likelyBranches, null])) {
      if (repo === first.repo && branch === first.branch) continue
      const answer = await asked(repo, branch)
      if (answer === 'there') return { repo, branch }
      if (answer !== 'missing') return null
    }
  }
  return null
}

async function ask(looks: Looks, { api }: Place, repo: string, branch: string | null): Promise<Answered> {
  const named = branch === null ? {} : { branch }
  return looks.ask({ type: 'github-tree', repo, ...named, ...(api === null ? {} : { api }) })
}
