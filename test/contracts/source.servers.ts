import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveReleases } from '../../src/cli/release/server.ts'

/** A release as the tests give it to every kind of server. */
export interface GivenRelease {
  readonly tag: string
  readonly prerelease?: boolean
  readonly draft?: boolean
  readonly notes?: string
  /** ISO 8601. */
  readonly date?: string
  readonly files: Readonly<Record<string, string | Buffer>>
}

export interface Upstream extends AsyncDisposable {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void
}

/** `belay release serve` itself, reached through a door where the tests can stand in the way. */
export async function servedFolder(releases: readonly GivenRelease[]): Promise<Upstream> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-releases-'))
  await Promise.all(releases.map((release) => writeRelease(dir, release)))
  const server = await serveReleases({ dir, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  return {
    answer: (request, response) => {
      const { method, headers, url } = request
      const onward = httpRequest(`${server.url}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => response.destroy())
      onward.end()
    },
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export async function writeRelease(dir: string, release: GivenRelease): Promise<void> {
  const folder = join(dir, release.tag)
  await mkdir(folder)
  const { prerelease, draft, notes, date } = release
  const metadata = {
    ...(prerelease === undefined ? {} : { prerelease }),
    ...(draft === undefined ? {} : { draft }),
    ...(notes === undefined ? {} : { notes }),
    ...(date === undefined ? {} : { published_at: date }),
  }
  await writeFile(join(folder, 'release.json'), JSON.stringify(metadata))
  for (const [name, content] of Object.entries(release.files)) await writeFile(join(folder, name), content)
}

/** GitLab's list of releases, as little of it as its documentation promises, and its files. */
export function gitlabServer(releases: readonly GivenRelease[]): Promise<Upstream> {
  return Promise.resolve(
    apiServer(releases, '/api/v4/projects/group%2Fapp/releases', 'per_page', (release, base) => ({
      tag_name: release.tag,
      name: release.tag,
      description: release.notes ?? '',
      released_at: release.date ?? '2026-01-01T00:00:00.000Z',
      upcoming_release: release.draft ?? false,
      assets: {
        links: Object.keys(release.files).map((name) => ({
          id: 1,
          name,
          url: `${base}/elsewhere/${name}`,
          direct_asset_url: `${base}/files/${release.tag}/${name}`,
          link_type: 'other',
        })),
        sources: [{ format: 'zip', url: `${base}/files/source.zip` }],
      },
    })),
  )
}

export function giteaServer(releases: readonly GivenRelease[]): Promise<Upstream> {
  return Promise.resolve(
    apiServer(releases, '/api/v1/repos/group/app/releases', 'limit', (release, base) => ({
      id: 1,
      tag_name: release.tag,
      name: release.tag,
      body: release.notes ?? '',
      draft: release.draft ?? false,
      prerelease: release.prerelease ?? false,
      published_at: release.date ?? '2026-01-01T00:00:00Z',
      tarball_url: `${base}/group/app/archive/${release.tag}.tar.gz`,
      zipball_url: `${base}/group/app/archive/${release.tag}.zip`,
      assets: Object.entries(release.files).map(([name, content]) => ({
        id: 1,
        name,
        size: Buffer.byteLength(content),
        browser_download_url: `${base}/files/${release.tag}/${name}`,
      })),
    })),
  )
}

function apiServer(
  releases: readonly GivenRelease[],
  path: string,
  sizeKey: string,
  shape: (release: GivenRelease, base: string) => unknown,
): Upstream {
  return {
    answer: (request, response) => {
      const base = `http://${request.headers.host}`
      const url = new URL(`${base}${request.url}`)
      const [, files, tag, name] = url.pathname.split('/')
      const content = releases.find((release) => release.tag === tag)?.files[name ?? '']
      if (files === 'files' && content !== undefined) return sendBytes(request, response, Buffer.from(content))
      if (url.pathname !== path) return void response.writeHead(404).end('{"message":"404 Not Found"}')
      const [page, size] = [Number(url.searchParams.get('page') ?? 1), Number(url.searchParams.get(sizeKey) ?? 20)]
      const shown = releases.slice((page - 1) * size, page * size).map((release) => shape(release, base))
      const next =
        page * size < releases.length ? `<${base}${path}?${sizeKey}=${size}&page=${page + 1}>; rel="next"` : null
      sendList(request, response, shown, next)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function sendList(request: IncomingMessage, response: ServerResponse, json: unknown, link: string | null): void {
  const body = JSON.stringify(json)
  const etag = `W/"${createHash('md5').update(body).digest('hex')}"`
  if (link !== null) response.setHeader('link', link)
  response.setHeader('etag', etag)
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
  response.setHeader('content-type', 'application/json')
  response.end(body)
}

function sendBytes(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const range = { 'content-range': `bytes ${start}-${content.byteLength - 1}/${content.byteLength}` }
  response.writeHead(start === 0 ? 200 : 206, {
    'content-length': content.byteLength - start,
    ...(start === 0 ? {} : range),
  })
  response.end(content.subarray(start))
}
