import { versionOfTag } from '../../core/release/tag.ts'
import { commitVersion } from '../../core/version/commit.ts'
import { gitLine, gitText, type GitOptions, type Place } from './run.ts'

/** What a pattern with one star leaves of a tag: `core-v*` makes 1.2.0 of core-v1.2.0. */
export function tagVersion(tag: string, pattern: string): string | null {
  const single = pattern !== '*' && pattern.split('*').length === 2
  return versionOfTag(tag, single ? pattern.replace('*', '{version}') : null)
}

/**
 * What a commit is called: the first digits of its id, or where tags are followed the version of one that points at it.
 * null: none does.
 */
export async function versionOfCommit(
  place: Place,
  commit: string,
  tags: string | null,
  options: GitOptions,
): Promise<string | null> {
  if (tags === null) return commitVersion(commit)
  const args = ['for-each-ref', '--format=%(refname)', `--points-at=${commit}`, '--sort=-creatordate']
  // Of several tags of one commit, the one that was installed is meant.
  for (const pattern of [`${versionRefs}*`, `refs/tags/${tags}`]) {
    const [name = ''] = (await gitText(place, [...args, pattern], options)).split('\n')
    if (name !== '') return tagVersion(name.replace(/^refs\/(?:tags|belay\/version)\//, ''), tags)
  }
  return null
}

const versionRefs = 'refs/belay/version/'

/** Remembers in the repository which of a commit's tags is meant; the user's own tags are left alone. */
export async function markVersion(place: Place, commit: string, tag: string, options: GitOptions): Promise<void> {
  const args = ['for-each-ref', '--format=%(refname)', `--points-at=${commit}`, `${versionRefs}*`]
  const wanted = `${versionRefs}${tag}`
  const known = (await gitText(place, args, options)).split('\n')
  // First the one that is meant: who reads meanwhile finds a version.
  await gitText(place, ['update-ref', wanted, commit], options)
  for (const name of known)
    if (name !== '' && name !== wanted) await gitText(place, ['update-ref', '-d', name], options)
}

/** The version of what is checked out there; null: there is no repository, or it cannot be told. */
export async function versionAt(place: Place, tags: string | null, options: GitOptions): Promise<string | null> {
  const commit = await gitLine(place, ['rev-parse', '--quiet', '--verify', 'HEAD^{commit}'], options).catch(() => null)
  return commit === null ? null : versionOfCommit(place, commit, tags, options)
}
