import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { serveReleases } from './server.ts'

type Files = Readonly<Record<string, string>>

async function serve(files: Files) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-serve-'))
  const write = async (more: Files): Promise<void> => {
    for (const [path, content] of Object.entries(more)) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), content)
    }
  }
  await write(files)
  const requests: string[] = []
  const onRequest = (seen: { method: string; path: string; status: number }) =>
    requests.push(`${seen.method} ${seen.path} ${seen.status}`)
  const server = await serveReleases({
    dir,
    host: '127.0.0.1',
    port: 0,
    signal: new AbortController().signal,
    onRequest,
  })
  onTestFinished(async () => {
    await server.close()
    await rm(dir, { recursive: true, force: true })
  })
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers })
  return { dir, write, server, requests, get }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const releasesSchema = z.array(
  z.object({
    tag_name: z.string(),
    prerelease: z.boolean(),
    body: z.string(),
    assets: z.array(z.object({ name: z.string() })),
  }),
)
const feedSchema = z.object({ releases: z.array(z.looseObject({ version: z.string() })) })

const tags = async (answer: Response): Promise<readonly string[]> =>
  releasesSchema.parse(await answer.json()).map((release) => release.tag_name)

const versions = async (answer: Response): Promise<readonly string[]> =>
  feedSchema.parse(await answer.json()).releases.map((release) => release.version)

test('when folders are named after versions, then each is a release, newest version first, whatever their dates', async () => {
  const { get, dir } = await serve({
    'v1.9.0/app.tar.gz': '9',
    'v1.10.0/app.tar.gz': '10',
    'v1.10.0-beta.2/app.tar.gz': 'b',
    'nightly/app.tar.gz': 'n',
  })
  await utimes(join(dir, 'v1.9.0/app.tar.gz'), 4_000_000_000, 4_000_000_000)
  const all = await tags(await get('/repos/o/r/releases'))
  expect(all.filter((tag) => tag !== 'nightly')).toStrictEqual(['v1.10.0', 'v1.10.0-beta.2', 'v1.9.0'])
  expect(all).toContain('nightly')
})

test('when files lie flat, then those of one version are one release, and lists belong to all', async () => {
  const { get } = await serve({
    'app-1.0.0.tar.gz': 'a',
    'app-1.0.0.tar.gz.sha256': 'x',
    'app-1.1.0-linux-x64.tar.gz': 'b',
    'app-1.1.0-linux-arm64.tar.gz': 'c',
    SHA256SUMS: 'y',
    'README.md': 'z',
  })
  const releases = releasesSchema.parse(await (await get('/repos/o/r/releases')).json())
  expect(
    releases.map(({ tag_name, assets }) => [tag_name, assets.map((asset) => asset.name).toSorted()]),
  ).toStrictEqual([
    ['1.1.0', ['SHA256SUMS', 'app-1.1.0-linux-arm64.tar.gz', 'app-1.1.0-linux-x64.tar.gz']],
    ['1.0.0', ['SHA256SUMS', 'app-1.0.0.tar.gz', 'app-1.0.0.tar.gz.sha256']],
  ])
})

test('when a folder describes its release, then so does the server, and drafts stay hidden', async () => {
  const { get } = await serve({
    '1.0.0/release.json': JSON.stringify({
      tag: 'app-1.0.0',
      version: '1.0.0',
      prerelease: true,
      notes: 'N',
      name: 'One',
    }),
    '1.0.0/app.zip': 'a',
    '1.1.0/release.json': '{"draft": true}',
    '1.1.0/app.zip': 'b',
    '0.9.0/NOTES.md': 'From the file',
    '0.9.0/app.zip': 'c',
  })
  expect(releasesSchema.parse(await (await get('/repos/o/r/releases')).json())).toStrictEqual([
    { tag_name: 'app-1.0.0', prerelease: true, body: 'N', assets: [{ name: 'app.zip' }] },
    { tag_name: '0.9.0', prerelease: false, body: 'From the file', assets: [{ name: 'app.zip' }] },
  ])
  expect((await get('/download/1.1.0/app.zip')).status).toBe(404)
  expect(await (await get('/repos/o/r/releases/latest')).json()).toMatchObject({ tag_name: '0.9.0' })
  expect(await (await get('/repos/o/r/releases/tags/app-1.0.0')).json()).toMatchObject({ name: 'One' })
})

test('when a description is wrong, then the server says where', async () => {
  const { get } = await serve({ '1.0.0/release.json': '{"pre": true}', '1.0.0/app.zip': 'a' })
  const answer = await get('/feed.json')
  expect(answer.status).toBe(500)
  expect(await answer.text()).toContain('release.json')
})

test('when a repository has a folder of its own, then it gets that, and all others the whole', async () => {
  const { get } = await serve({ 'acme/core/2.0.0/core.zip': 'x', '1.0.0/app.zip': 'y' })
  expect(await tags(await get('/repos/acme/core/releases'))).toStrictEqual(['2.0.0'])
  expect(await tags(await get('/repos/acme/other/releases'))).toStrictEqual(['1.0.0'])
  expect(await versions(await get('/acme/core/feed.json'))).toStrictEqual(['2.0.0'])
  expect(await versions(await get('/feed.json'))).toStrictEqual(['1.0.0'])
  expect(await (await get('/acme/core/releases/download/2.0.0/core.zip')).text()).toBe('x')
})

test('when a file is dropped in while it serves, then it is there; when it changes, so does its digest', async () => {
  const { get, write } = await serve({ 'app-1.0.0.zip': 'a' })
  await get('/feed.json')
  await write({ 'app-1.1.0.zip': 'b', 'app-1.0.0.zip': 'longer' })
  expect(await (await get('/feed.json')).json()).toMatchObject({
    releases: [
      { version: '1.1.0', sha256: sha256('b'), size: 1 },
      { version: '1.0.0', sha256: sha256('longer'), size: 6 },
    ],
  })
})

test('when the list is longer than a page, then Link leads through it', async () => {
  const { get } = await serve(Object.fromEntries(['1.0', '1.1', '1.2', '1.3', '1.4'].map((v) => [`${v}/a.zip`, v])))
  const first = await get('/repos/o/r/releases?per_page=2')
  expect(first.headers.get('link')).toMatch(/page=2>; rel="next".*page=3>; rel="last"/)
  const last = await get('/repos/o/r/releases?per_page=2&page=3')
  expect(await tags(last)).toStrictEqual(['1.0'])
  expect(last.headers.get('link')).not.toContain('rel="next"')
  expect(await tags(await get('/repos/o/r/releases?per_page=2&page=9'))).toStrictEqual([])
})

test('when nothing changed, then the answer is 304', async () => {
  const { get, write } = await serve({ '1.0/a.zip': 'a' })
  for (const path of ['/feed.json', '/repos/o/r/releases', '/download/1.0/a.zip']) {
    const etag = (await get(path)).headers.get('etag') ?? ''
    expect((await get(path, { 'if-none-match': `"other", W/${etag}` })).status).toBe(304)
  }
  const etag = (await get('/feed.json')).headers.get('etag') ?? ''
  await write({ '1.1/a.zip': 'b' })
  expect((await get('/feed.json', { 'if-none-match': etag })).status).toBe(200)
})

test('when the central update server is asked, then the newest release answers in the four keys of its document', async () => {
  const { get, server } = await serve({ 'v1.1.0/app.zip': 'a', 'v1.1.0/NOTES.md': 'Fixes', 'v1.2.0-rc.1/app.zip': 'b' })
  expect(await (await get('/api/latest-version')).json()).toStrictEqual({
    version: '1.1.0',
    release_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    release_notes: 'Fixes',
    download_url: `${server.url}/download/v1.1.0/app.zip`,
  })
})

test('when an asset is asked for by its number, then Accept decides between description and bytes', async () => {
  const { get } = await serve({ '1.0/a b.zip': 'bytes' })
  const [release] = z
    .array(z.object({ assets: z.array(z.object({ url: z.string(), browser_download_url: z.string() })) }))
    .parse(await (await get('/repos/o/r/releases')).json())
  const asset = release?.assets[0] ?? { url: '', browser_download_url: '' }
  expect(await (await fetch(asset.url)).json()).toMatchObject({ name: 'a b.zip', digest: `sha256:${sha256('bytes')}` })
  expect(await (await fetch(asset.url, { headers: { accept: 'application/octet-stream' } })).text()).toBe('bytes')
  expect(await (await fetch(asset.browser_download_url)).text()).toBe('bytes')
})

test('when a download is asked for in parts, then parts come', async () => {
  const { get, server } = await serve({ '1.0/a.zip': '0123456789', '1.0/empty.txt': '' })
  const part = await get('/download/1.0/a.zip', { range: 'bytes=4-' })
  expect([part.status, part.headers.get('content-range'), await part.text()]).toStrictEqual([
    206,
    'bytes 4-9/10',
    '456789',
  ])
  const outside = await get('/download/1.0/a.zip', { range: 'bytes=10-' })
  expect([outside.status, outside.headers.get('content-range')]).toStrictEqual([416, 'bytes */10'])
  const changed = await get('/download/1.0/a.zip', { range: 'bytes=4-', 'if-range': '"other"' })
  expect([changed.status, await changed.text()]).toStrictEqual([200, '0123456789'])
  const head = await fetch(`${server.url}/download/1.0/a.zip`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toStrictEqual([200, '10', ''])
  expect(await (await get('/download/1.0/empty.txt')).text()).toBe('')
})

/** As it is typed: fetch would tidy the path up first. */
function rawGet(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    request.end()
  })
}

test.each([
  '/download/1.0/../../secret.zip',
  '/download/1.0/..%2f..%2fsecret.zip',
  '/download/..%2f..%2f/secret.zip',
  '/download/1.0/%2e%2e/secret.zip',
  '/download/1.0/..%5csecret.zip',
  '/download/1.0/%00',
  '/download/1.0/%ff%fe',
  '/download/1.0/link.zip',
  '/download/1.0/.hidden.zip',
  '/download/linked/a.zip',
  '/repos/..%2f/x/releases/tags/1.0',
  '//etc/passwd',
  '/etc/passwd',
])('when the path is %s, then nothing outside the releases is given', async (path) => {
  const { dir, server } = await serve({
    'in/1.0/a.zip': 'a',
    'in/1.0/.hidden.zip': 'h',
    'secret.zip': 's',
    'out/a.zip': 'o',
  })
  await symlink(join(dir, 'secret.zip'), join(dir, 'in/1.0/link.zip'))
  await symlink(join(dir, 'out'), join(dir, 'in/linked'))
  await server.close()
  const inner = await serveReleases({
    dir: join(dir, 'in'),
    host: '127.0.0.1',
    port: 0,
    signal: new AbortController().signal,
  })
  try {
    const status = await rawGet(inner.url, path)
    expect(path.startsWith('/repos') ? [200, 404] : [400, 404]).toContain(status)
    expect(await rawGet(inner.url, '/download/1.0/a.zip')).toBe(200)
  } finally {
    await inner.close()
  }
})

test('when something else than reading is asked, then it is refused', async () => {
  const { server, requests } = await serve({ '1.0/a.zip': 'a' })
  expect((await fetch(`${server.url}/download/1.0/a.zip`, { method: 'DELETE' })).status).toBe(405)
  expect((await fetch(`${server.url}/nowhere`)).status).toBe(404)
  expect(requests).toStrictEqual(['DELETE /download/1.0/a.zip 405', 'GET /nowhere 404'])
})

test('when the signal aborts, then the server ends, and its port is free', async () => {
  const { dir } = await serve({})
  const abort = new AbortController()
  const first = await serveReleases({ dir, host: '127.0.0.1', port: 0, signal: abort.signal })
  const port = Number(new URL(first.url).port)
  await expect(serveReleases({ dir, host: '127.0.0.1', port, signal: abort.signal })).rejects.toThrow('cannot listen')
  abort.abort()
  await first.close()
  await expect(fetch(first.url)).rejects.toThrow()
})

test('when the folder is not there, then that is said', async () => {
  const options = { dir: '/nonexistent', host: '127.0.0.1', port: 0, signal: new AbortController().signal }
  await expect(serveReleases(options)).rejects.toThrow('is not a folder')
})
