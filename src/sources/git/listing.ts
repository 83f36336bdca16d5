import type { Release } from '../../core/model/release.ts'
import { notesText, tagText, titleText } from '../../core/release/spec.ts'
import { commitVersion } from '../../core/version/commit.ts'
import { fieldsOf, gitText, type Place } from '../../host/git/run.ts'
import type { Remote } from '../../host/git/remote.ts'
import { tagVersion } from '../../host/git/version.ts'

const tagsMax = 2000

interface Described {
  readonly commit: string
  readonly version: string
  readonly tag: string
  readonly date: string
  readonly message: string
}

/** The last commits of a branch, each as it was its head, newest first. */
export async function commitsOf(
  place: Place,
  remote: Remote,
  branch: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly Release[]> {
  const args = ['log', '-z', '--first-parent', `--max-count=${count}`, '--format=%H%n%cI%n%B', '--end-of-options']
  const text = await gitText(place, [...args, `refs/heads/${branch}`, '--'], { signal, about: remote.address })
  return fieldsOf(text).map((record) => {
    const [commit = '', date = '', ...message] = record.split('\n')
    const described = { commit, date, message: message.join('\n'), version: commitVersion(commit), tag: commit }
    return releaseOf(remote, described)
  })
}

/** Tags that fit the pattern and name a commit, the latest first. Annotated ones count as the commit that they name. */
export async function tagsOf(
  place: Place,
  remote: Remote,
  pattern: string,
  signal: AbortSignal,
): Promise<readonly Release[]> {
  const fields = ['refname:strip=2', 'objectname', 'objecttype', '*objectname', '*objecttype', 'creatordate:iso-strict']
  const format = [...fields, 'contents'].map((field) => `%(${field})%00`).join('')
  const flags = [`--format=${format}`, `--count=${tagsMax}`, '--sort=-creatordate']
  const text = await gitText(place, ['for-each-ref', ...flags, `refs/tags/${pattern}`], {
    signal,
    about: remote.address,
  })
  const all = fieldsOf(text)
  const releases: Release[] = []
  for (let at = 0; at + fields.length < all.length; at += fields.length + 1) {
    const [name = '', object = '', type, peeled = '', peeledType, date = '', message = ''] = all.slice(at, at + 7)
    const tag = name.replace(/^\n/, '')
    const commit = type === 'commit' ? object : peeledType === 'commit' ? peeled : null
    const version = tagVersion(tag, pattern)
    if (commit === null || version === null || !tagText.safeParse(tag).success) continue
    releases.push(releaseOf(remote, { commit, version, tag, date, message }))
  }
  return releases
}

function releaseOf(remote: Remote, { commit, version, tag, date, message }: Described): Release {
  const at = Date.parse(date)
  const subject = titleText.parse(message.trim().split('\n')[0] ?? '')
  return {
    version,
    tag,
    title: subject === '' ? null : subject,
    notes: message.trim() === '' ? null : notesText.parse(message.trim()),
    url: pageOf(remote, commit),
    publishedAt: Number.isNaN(at) ? null : new Date(at).toISOString(),
    prerelease: false,
    artifact: { name: commit, url: remote.address, bytes: null, digest: null },
    checksums: [],
    assets: [],
  }
}

/** Where the known forges show a commit; null elsewhere: an address is not guessed. */
function pageOf(remote: Remote, commit: string): string | null {
  const url = new URL(remote.address)
  if (!['github.com', 'gitlab.com', 'codeberg.org'].includes(url.hostname)) return null
  return `https://${url.hostname}${url.pathname.replace(/\.git$/, '')}/commit/${commit}`
}
