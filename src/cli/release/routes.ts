import type { RepoName } from './folder.ts'

export type Route =
  | { readonly kind: 'list'; readonly repo: RepoName; readonly page: number; readonly perPage: number }
  | { readonly kind: 'latest'; readonly repo: RepoName }
  | { readonly kind: 'tag'; readonly repo: RepoName; readonly tag: string }
  | { readonly kind: 'release'; readonly repo: RepoName; readonly id: number }
  | { readonly kind: 'asset'; readonly repo: RepoName; readonly id: number }
  | { readonly kind: 'download'; readonly repo: RepoName | null; readonly tag: string; readonly name: string }
  | { readonly kind: 'feed'; readonly repo: RepoName | null }
  | { readonly kind: 'latest-version'; readonly repo: RepoName | null }
  | { readonly kind: 'index' }

const perPageMax = 100

/** What a request asks for; null: nothing that is here. Segments are decoded after they are split, and only then read. */
export function routeOf(url: URL): Route | null {
  const parts = segments(url.pathname)
  if (parts === null) return null
  if (parts.length === 0) return { kind: 'index' }
  const root = plain(parts, null)
  if (root !== null) return root
  if (parts[0] === 'repos') return api(parts.slice(1), url.searchParams)
  const [owner, repo, ...rest] = parts
  if (owner === undefined || repo === undefined) return null
  if (rest[0] === 'releases') return plain(rest.slice(1), { owner, repo })
  return plain(rest, { owner, repo })
}

function segments(pathname: string): readonly string[] | null {
  try {
    return pathname
      .split('/')
      .filter((part) => part !== '')
      .map((part) => decodeURIComponent(part))
  } catch {
    return null
  }
}

/** What is there both for the whole folder and for one repository. */
function plain(parts: readonly string[], repo: RepoName | null): Route | null {
  const [first, second, third, ...more] = parts
  if (more.length > 0) return null
  if (first === 'feed.json' && second === undefined) return { kind: 'feed', repo }
  if (first === 'api' && second === 'latest-version' && third === undefined) return { kind: 'latest-version', repo }
  if (first === 'download' && second !== undefined && third !== undefined) {
    return { kind: 'download', repo, tag: second, name: third }
  }
  return null
}

/** `/repos/{owner}/{repo}/releases…` of GitHub's API. */
function api(parts: readonly string[], query: URLSearchParams): Route | null {
  const [owner, repo, releases, what, which, ...more] = parts
  if (owner === undefined || repo === undefined || releases !== 'releases' || more.length > 0) return null
  const name = { owner, repo }
  if (what === undefined) {
    return {
      kind: 'list',
      repo: name,
      page: number(query, 'page', 1),
      perPage: Math.min(number(query, 'per_page', 30), perPageMax),
    }
  }
  if (which === undefined) {
    return what === 'latest' ? { kind: 'latest', repo: name } : withId('release', name, what)
  }
  if (what === 'tags') return { kind: 'tag', repo: name, tag: which }
  return what === 'assets' ? withId('asset', name, which) : null
}

function withId(kind: 'release' | 'asset', repo: RepoName, text: string): Route | null {
  return /^\d{1,15}$/.test(text) ? { kind, repo, id: Number(text) } : null
}

function number(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? ''
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : otherwise
}
