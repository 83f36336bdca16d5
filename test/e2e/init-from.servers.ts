import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Fake extends AsyncDisposable {
  readonly url: string
  /** Paths that were asked for, with their queries. */
  readonly asked: readonly string[]
}

/** Answers as JSON, by path and query; null: 404. */
export async function serve(answer: (url: URL, base: string) => unknown): Promise<Fake> {
  const asked: string[] = []
  const server = createServer((request: IncomingMessage, response) => {
    const base = `http://${request.headers.host}`
    const url = new URL(request.url ?? '/', base)
    asked.push(`${url.pathname}${url.search}`)
    const found = answer(url, base)
    response.writeHead(found === null ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { message: 'Not Found' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** git's own id of a file without content. */
const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
const emptyFile = { path: 'apps/__init__.py', mode: '100644', type: 'blob', sha: emptyBlob, size: 0 }

/** GitHub as far as branches go, each with a tree of one file. `branches`: repository → name → id of its newest commit; the first is its default. */
export function githubBranches(branches: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  return (url: URL): unknown => {
    const [, tree] = /^\/repos\/[^/]+\/[^/]+\/git\/trees\/([0-9a-f]{40})$/.exec(url.pathname) ?? []
    if (tree !== undefined) return { sha: tree, truncated: false, tree: [emptyFile] }
    const [, repo = ''] = /^\/repos\/([^/]+\/[^/]+)\/commits$/.exec(url.pathname) ?? []
    const known = branches[repo] ?? {}
    const sha = known[url.searchParams.get('sha') ?? Object.keys(known)[0] ?? '']
    if (sha === undefined) return null
    const committer = { date: '2026-01-02T03:04:05Z' }
    return [{ sha, html_url: `https://github.com/${repo}/commit/${sha}`, commit: { message: 'Fix it', committer } }]
  }
}

/** GitHub's list of releases, with generated archives and one file each. */
export function githubReleases(repo: string, tags: readonly string[], file: (version: string) => string) {
  return (url: URL, base: string): unknown => {
    if (url.pathname !== `/repos/${repo}/releases`) return null
    return tags.map((tag, id) => ({
      id,
      tag_name: tag,
      name: tag,
      body: 'What is new',
      draft: false,
      prerelease: tag.includes('-'),
      published_at: '2026-01-02T03:04:05Z',
      html_url: `${base}/${repo}/${tag}`,
      tarball_url: `${base}/tar/${tag}`,
      zipball_url: `${base}/zip/${tag}`,
      assets: [asset(base, id, file(tag.replace(/^v/, '')))],
    }))
  }
}

function asset(base: string, id: number, name: string) {
  const digest = `sha256:${'0'.repeat(64)}`
  return {
    name,
    url: `${base}/assets/${id}`,
    browser_download_url: `${base}/${name}`,
    size: 1,
    state: 'uploaded',
    digest,
  }
}

export function gitlabReleases(project: string, tags: readonly string[]) {
  return (url: URL, base: string): unknown => {
    if (url.pathname !== `/api/v4/projects/${project}/releases`) return null
    return tags.map((tag) => ({
      tag_name: tag,
      name: tag,
      description: 'What is new',
      released_at: '2026-01-02T03:04:05Z',
      assets: { links: [], sources: [{ format: 'tar.gz', url: `${base}/${tag}.tar.gz` }] },
    }))
  }
}

/** The update server of CRM's document, to the letter. */
export function updateServer(version: string) {
  return (url: URL, base: string): unknown =>
    url.pathname === '/api/latest-version'
      ? {
          version,
          release_date: '2026-01-02',
          release_notes: 'What is new',
          download_url: `${base}/crm-${version}.zip`,
        }
      : null
}
