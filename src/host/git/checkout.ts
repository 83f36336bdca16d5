import { join, resolve } from 'node:path'
import { statOrNull } from '../tree/stat.ts'
import { fieldsOf, git, gitLine, gitText, type Place } from './run.ts'
import { gitFailed } from './failures.ts'

/** A path with changes that no commit has. `untracked` ones are not listed. */
export interface LocalChange {
  readonly path: string
  /** Whether both sides of a merge stand in it. */
  readonly unmerged: boolean
  readonly submodule: boolean
}

/** What stands in a work tree now, without asking anybody else. */
export interface Checkout {
  readonly place: Place
  readonly gitDir: string
  /** null: nothing was committed or checked out yet. */
  readonly commit: string | null
  /** null: detached. */
  readonly branch: string | null
  /** What the branch is set to follow: `origin`, `main`. */
  readonly upstream: { readonly remote: string; readonly branch: string; readonly url: string | null } | null
  /** Commits that only one of the two has, as of the last fetch; null: it follows nothing. */
  readonly ahead: number | null
  readonly behind: number | null
  readonly changes: readonly LocalChange[]
  readonly shallow: boolean
  readonly sparse: boolean
  /** What a person began there: `merge`, `rebase` …; null: nothing. */
  readonly busy: string | null
  /** The index's lock file, when it is there. */
  readonly lock: string | null
}

const beginnings: readonly (readonly [file: string, what: string])[] = [
  ['MERGE_HEAD', 'a merge'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['BISECT_LOG', 'a bisection'],
]

/** null: there is no git repository right there. Errors: as `failures.ts` has them (dubious ownership, no git program). */
export async function lookAtCheckout(place: Place, signal: AbortSignal): Promise<Checkout | null> {
  const asked = ['--absolute-git-dir', '--is-inside-work-tree', '--is-shallow-repository', '--show-prefix']
  const found = await git(place, ['rev-parse', ...asked], { signal })
  if (found.code !== 0) {
    if (/not a git repository/i.test(found.stderr)) return null
    throw gitFailed(place.dir, found.code, found.stderr)
  }
  const [gitDir = '', inside, shallow, prefix = ''] = found.stdout.split('\n')
  if (inside !== 'true' || prefix !== '') return null
  const flags = ['--porcelain=v2', '-z', '--branch', '--untracked-files=no', '--ignore-submodules=untracked']
  const [status, sparse, lock, busy] = await Promise.all([
    gitText(place, ['status', ...flags, '--no-renames'], { signal }),
    gitLine(place, ['config', '--get', '--type=bool', 'core.sparseCheckout'], { signal }),
    statOrNull(join(gitDir, 'index.lock')),
    begun(gitDir),
  ])
  const read = readStatus(status)
  const branch = read.branch
  return {
    place,
    gitDir: resolve(gitDir),
    ...read,
    upstream: branch === null ? null : await upstreamOf(place, branch, signal),
    shallow: shallow === 'true',
    sparse: sparse === 'true',
    busy,
    lock: lock === null ? null : join(gitDir, 'index.lock'),
  }
}

async function begun(gitDir: string): Promise<string | null> {
  for (const [file, what] of beginnings) if ((await statOrNull(join(gitDir, file))) !== null) return what
  return null
}

async function upstreamOf(place: Place, branch: string, signal: AbortSignal): Promise<Checkout['upstream']> {
  const read = (key: string) => gitLine(place, ['config', '--get', `branch.${branch}.${key}`], { signal })
  const [remote, merge] = await Promise.all([read('remote'), read('merge')])
  if (remote === null || merge === null) return null
  const url = await gitLine(place, ['config', '--get', `remote.${remote}.url`], { signal })
  return { remote, branch: merge.replace(/^refs\/heads\//, ''), url }
}

/** Of `git status --porcelain=v2 -z --branch`. */
export function readStatus(text: string): Pick<Checkout, 'commit' | 'branch' | 'ahead' | 'behind' | 'changes'> {
  let commit: string | null = null
  let branch: string | null = null
  let [ahead, behind]: (number | null)[] = [null, null]
  const changes: LocalChange[] = []
  for (const record of fieldsOf(text)) {
    const [kind, ...words] = record.split(' ')
    if (kind === '#' && words[0] === 'branch.oid') commit = words[1] === '(initial)' ? null : (words[1] ?? null)
    if (kind === '#' && words[0] === 'branch.head') branch = words[1] === '(detached)' ? null : (words[1] ?? null)
    if (kind === '#' && words[0] === 'branch.ab') [ahead, behind] = words.slice(1).map((word) => Math.abs(Number(word)))
    if (kind === '1' || kind === 'u') {
      const path = words.slice(kind === '1' ? 7 : 9).join(' ')
      changes.push({ path, unmerged: kind === 'u', submodule: words[1]?.startsWith('S') === true })
    }
  }
  return { commit, branch, ahead: ahead ?? null, behind: behind ?? null, changes }
}
