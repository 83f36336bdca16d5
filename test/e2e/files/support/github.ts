import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { blobId } from '../../../../src/host/git-objects/blob-id.ts'

/** A tree as a commit has it: content, or where a link leads. */
export interface GivenFile {
  readonly content: Buffer
  readonly mode: '100644' | '100755' | '120000' | '160000'
}
export type GivenTree = ReadonlyMap<string, GivenFile>

export interface GivenCommit {
  readonly id: string
  readonly message: string
  readonly tree: GivenTree
}

/** What was asked, in the words of the API: `commits`, `tree`, `blob <path>`, `archive`, else the path itself. */
export interface GithubServer extends AsyncDisposable {
  readonly url: string
  readonly asked: string[]
  /** Newest first; may be pushed to. */
  readonly commits: GivenCommit[]
  /** Stands in the way of what it gives true for. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | null
  /** What the listing of trees is changed to before it is sent. */
  bend: ((entries: object[]) => { readonly tree: object[]; readonly truncated?: boolean }) | null
  /** Paths that `git archive` leaves out. */
  exportIgnore: ReadonlySet<string>
}

export const repo = 'aboro72/HelpDesk'

/** As much of GitHub's API as its documentation promises for commits, trees, blobs and archives. */
export async function githubServer(commits: GivenCommit[]): Promise<GithubServer> {
  const state = { asked: [] as string[], commits, fault: null, bend: null, exportIgnore: new Set() } as unknown as Omit<
    GithubServer,
    'url' | typeof Symbol.asyncDispose
  >
  const server = createServer((request, response) => {
    if (state.fault?.(request, response) === true) return
    void answer(state, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return Object.assign(state, {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

async function answer(
  state: Pick<GithubServer, 'asked' | 'commits' | 'bend' | 'exportIgnore'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://x')
  const prefix = `/repos/${repo}/`
  const [kind, rest = ''] = split(url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : url.pathname)
  const commit = state.commits.find(({ id }) => rest.endsWith(id))
  if (kind === 'commits') {
    state.asked.push('commits')
    const branch = url.searchParams.get('sha') ?? 'main'
    if (branch !== 'main') return notFound(response, `No commit found for SHA: ${branch}`)
    if (state.commits.length === 0) return void response.writeHead(409).end('{"message":"Git Repository is empty."}')
    return json(request, response, state.commits.slice(0, Number(url.searchParams.get('per_page') ?? 30)).map(shown))
  }
  if (rest.startsWith('trees/') && commit !== undefined) {
    state.asked.push('tree')
    const entries = treeEntries(commit.tree)
    return json(request, response, { sha: commit.id, truncated: false, tree: entries, ...state.bend?.(entries) })
  }
  if (rest.startsWith('blobs/')) {
    for (const { tree } of state.commits) {
      for (const [path, { content }] of tree) {
        if (!rest.endsWith(idOf(content))) continue
        state.asked.push(`blob ${path}`)
        if (!String(request.headers.accept).includes('raw')) return void response.writeHead(415).end()
        return void response.writeHead(200, { 'content-length': content.length }).end(content)
      }
    }
  }
  if (kind === 'tarball' && commit !== undefined) {
    state.asked.push('archive')
    const body = await archive(commit, state.exportIgnore)
    return void response.writeHead(200, { 'content-type': 'application/x-gzip' }).end(body)
  }
  state.asked.push(url.pathname)
  notFound(response, 'Not Found')
}

function split(text: string): readonly [string, string?] {
  const at = text.indexOf('/')
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function notFound(response: ServerResponse, message: string): void {
  response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}

function json(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body)
  const etag = `"${createHash('md5').update(text).digest('hex')}"`
  response.setHeader('etag', etag)
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
  response.writeHead(200, { 'content-type': 'application/json' }).end(text)
}

function shown({ id, message }: GivenCommit): object {
  const commit = { message, committer: { name: 'x', date: '2026-01-01T00:00:00Z' } }
  return { sha: id, html_url: `https://github.com/${repo}/commit/${id}`, commit }
}

function treeEntries(tree: GivenTree): object[] {
  const folders = new Set([...tree.keys()].flatMap((path) => parents(path)))
  return [
    ...[...folders].map((path) => ({ path, mode: '040000', type: 'tree', sha: '0'.repeat(40) })),
    ...[...tree].map(([path, { content, mode }]) =>
      mode === '160000'
        ? { path, mode, type: 'commit', sha: '1'.repeat(40) }
        : { path, mode, type: 'blob', sha: idOf(content), size: content.length },
    ),
  ]
}

function parents(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

const ids = new WeakMap<Buffer, string>()
export function idOf(content: Buffer): string {
  const known = ids.get(content) ?? blobId(content, 'sha1')
  ids.set(content, known)
  return known
}

async function archive({ id, tree }: GivenCommit, ignored: ReadonlySet<string>): Promise<Buffer> {
  const tar = pack()
  const top = `aboro72-HelpDesk-${id.slice(0, 7)}`
  for (const [path, { content, mode }] of tree) {
    if (ignored.has(path) || mode === '160000') continue
    const name = `${top}/${path}`
    if (mode === '120000') tar.entry({ name, type: 'symlink', linkname: content.toString() })
    else tar.entry({ name, mode: mode === '100755' ? 0o775 : 0o664 }, content)
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks), { level: 1 })
}
