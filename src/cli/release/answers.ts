import { createHash } from 'node:crypto'
import { feedItem, latestVersion } from './feed-shape.ts'
import type { ReleaseFolder, RepoName } from './folder.ts'
import { assetId, githubAsset, githubRelease, stableId } from './github-shape.ts'
import type { Route } from './routes.ts'
import type { ServedFile, ServedRelease } from './served.ts'

export type Answer =
  | { readonly kind: 'json'; readonly body: string; readonly etag: string; readonly link: string | null }
  | { readonly kind: 'file'; readonly file: ServedFile }
  | { readonly kind: 'none' }

const none: Answer = { kind: 'none' }

/** `base` is this server as the client called it; `asBytes`: the client asks for an asset itself, not its description. */
export async function answerTo(route: Route, folder: ReleaseFolder, base: string, asBytes: boolean): Promise<Answer> {
  if (route.kind === 'index') return json({ feed: `${base}/feed.json`, latest: `${base}/api/latest-version` })
  const releases = await folder.releases(route.repo)
  if (releases === null) return none
  switch (route.kind) {
    case 'list':
      return list(releases, route, base)
    case 'latest':
      return oneRelease(
        releases.find((release) => !release.prerelease),
        route.repo,
        base,
      )
    case 'tag':
      return oneRelease(
        releases.find((release) => release.tag === route.tag),
        route.repo,
        base,
      )
    case 'release':
      return oneRelease(
        releases.find((release) => stableId(release.tag) === route.id),
        route.repo,
        base,
      )
    case 'asset':
      return asset(releases, route.id, route.repo, base, asBytes)
    case 'download':
      return download(releases, route.tag, route.name)
    case 'feed':
      return json({ releases: releases.map((release) => feedItem(release, route.repo, base)) })
    case 'latest-version': {
      const latest = releases.find((release) => !release.prerelease)
      return latest === undefined ? none : json(latestVersion(latest, route.repo, base))
    }
  }
}

function json(value: unknown, link: string | null = null): Answer {
  const body = `${JSON.stringify(value, null, 2)}\n`
  return { kind: 'json', body, etag: `"${createHash('sha256').update(body).digest('hex')}"`, link }
}

function list(releases: readonly ServedRelease[], route: Route & { readonly kind: 'list' }, base: string): Answer {
  const { repo, page, perPage } = route
  const last = Math.max(Math.ceil(releases.length / perPage), 1)
  const address = (to: number): string =>
    `${base}/repos/${repo.owner}/${repo.repo}/releases?per_page=${perPage}&page=${to}`
  const links = [
    ...(page > 1 ? [`<${address(page - 1)}>; rel="prev"`] : []),
    ...(page < last ? [`<${address(page + 1)}>; rel="next"`, `<${address(last)}>; rel="last"`] : []),
    ...(page > 1 ? [`<${address(1)}>; rel="first"`] : []),
  ]
  const shown = releases.slice((page - 1) * perPage, page * perPage)
  return json(
    shown.map((release) => githubRelease(release, repo, base)),
    links.length === 0 ? null : links.join(', '),
  )
}

const oneRelease = (release: ServedRelease | undefined, repo: RepoName, base: string): Answer =>
  release === undefined ? none : json(githubRelease(release, repo, base))

function asset(releases: readonly ServedRelease[], id: number, repo: RepoName, base: string, asBytes: boolean): Answer {
  for (const release of releases) {
    const file = release.files.find((one) => assetId(release, one) === id)
    if (file !== undefined) return asBytes ? { kind: 'file', file } : json(githubAsset(file, release, repo, base))
  }
  return none
}

function download(releases: readonly ServedRelease[], tag: string, name: string): Answer {
  const file = releases.find((release) => release.tag === tag)?.files.find((one) => one.name === name)
  return file === undefined ? none : { kind: 'file', file }
}
