import type { Artifact } from '../../core/model/release.ts'
import type { TreeEntry } from '../../ports/source.ts'

/** Where the files of a commit are. */
export interface Place {
  readonly api: string
  readonly repo: string
  readonly commit: string
  /** Only the API takes a token; what needs none is fetched where no quota is spent. */
  readonly withToken: boolean
}

const publicApi = 'https://api.github.com'

export function fileOf({ api, repo, commit, withToken }: Place, { path, blob, bytes }: TreeEntry): Artifact {
  const open = api === publicApi && !withToken
  const url = open
    ? `https://raw.githubusercontent.com/${repo}/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
    : `${blobsOf(api, repo)}${blob}`
  return { name: path, url, bytes, digest: null }
}

/** The content of a blob by its id. */
export function blobsOf(api: string, repo: string): string {
  return `${api}/repos/${repo}/git/blobs/`
}

export function archiveOf({ api, repo, commit, withToken }: Place): Artifact {
  const open = api === publicApi && !withToken
  const url = open ? `https://codeload.github.com/${repo}/tar.gz/${commit}` : `${api}/repos/${repo}/tarball/${commit}`
  return { name: `${repo.split('/')[1] ?? repo}-${commit.slice(0, 12)}.tar.gz`, url, bytes: null, digest: null }
}
