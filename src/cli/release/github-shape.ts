import { createHash } from 'node:crypto'
import type { RepoName } from './folder.ts'
import type { ServedFile, ServedRelease } from './served.ts'

/**
 * A release in the shape of GitHub's API (its published schema checks this in the tests). What a folder does not know
 * (authors, download counts) is filled with the plainest value that the schema allows.
 */
export function githubRelease(release: ServedRelease, repo: RepoName, base: string) {
  const id = stableId(release.tag)
  const api = `${base}/repos/${repo.owner}/${repo.repo}/releases`
  const page = `${base}/${repo.owner}/${repo.repo}/releases`
  return {
    url: `${api}/${id}`,
    html_url: `${page}/tag/${encodeURIComponent(release.tag)}`,
    assets_url: `${api}/${id}/assets`,
    upload_url: `${api}/${id}/assets{?name,label}`,
    tarball_url: null,
    zipball_url: null,
    id,
    node_id: `R_${id}`,
    tag_name: release.tag,
    target_commitish: 'main',
    name: release.name ?? release.tag,
    body: release.notes ?? '',
    draft: false,
    prerelease: release.prerelease,
    immutable: false,
    created_at: release.publishedAt,
    published_at: release.publishedAt,
    author: owner(repo, base),
    assets: release.files.map((file) => githubAsset(file, release, repo, base)),
  }
}

export function githubAsset(file: ServedFile, release: ServedRelease, repo: RepoName, base: string) {
  const id = assetId(release, file)
  const changed = new Date(file.modifiedMs).toISOString()
  const download = `${base}/${repo.owner}/${repo.repo}/releases/download`
  return {
    url: `${base}/repos/${repo.owner}/${repo.repo}/releases/assets/${id}`,
    browser_download_url: `${download}/${encodeURIComponent(release.tag)}/${encodeURIComponent(file.name)}`,
    id,
    node_id: `RA_${id}`,
    name: file.name,
    label: null,
    state: 'uploaded',
    content_type: contentType(file.name),
    size: file.bytes,
    digest: file.digest,
    download_count: 0,
    created_at: changed,
    updated_at: changed,
    uploader: owner(repo, base),
  }
}

export const assetId = (release: ServedRelease, file: ServedFile): number => stableId(`${release.tag}/${file.name}`)

/** The same number for the same name, in every process; 48 bits, exact in any JSON parser. */
export const stableId = (name: string): number =>
  Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 12), 16)

export function contentType(name: string): string {
  if (/\.(?:gz|tgz)$/i.test(name)) return 'application/gzip'
  if (/\.zip$/i.test(name)) return 'application/zip'
  if (/\.(?:xz|txz)$/i.test(name)) return 'application/x-xz'
  if (/\.(?:zst|tzst)$/i.test(name)) return 'application/zstd'
  if (/\.json$/i.test(name)) return 'application/json'
  return /\.(?:txt|sha256|sha256sum|md)$|sums$/i.test(name) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

function owner({ owner: login }: RepoName, base: string) {
  const user = `${base}/users/${login}`
  return {
    login,
    id: stableId(login),
    node_id: `U_${stableId(login)}`,
    avatar_url: `${base}/${login}.png`,
    gravatar_id: '',
    url: user,
    html_url: `${base}/${login}`,
    followers_url: `${user}/followers`,
    following_url: `${user}/following{/other_user}`,
    gists_url: `${user}/gists{/gist_id}`,
    starred_url: `${user}/starred{/owner}{/repo}`,
    subscriptions_url: `${user}/subscriptions`,
    organizations_url: `${user}/orgs`,
    repos_url: `${user}/repos`,
    events_url: `${user}/events{/privacy}`,
    received_events_url: `${user}/received_events`,
    type: 'User',
    site_admin: false,
  }
}
