import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fileCache } from './cache.ts'
import { invalid } from './failures.ts'
import { listPages } from './listing.ts'
import type { TestClient } from './testing.ts'
import { sendJson, testClient, testServer, untouched } from './testing.ts'

const hourMs = 3_600_000

async function cacheDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-cache-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return join(dir, 'cache')
}

function parse(json: unknown, url: string): readonly string[] {
  if (!Array.isArray(json)) throw invalid(url, 'is no list')
  return json.map(String)
}

const ask = (client: TestClient, dir: string, url: string, force = false, secretHeaders: Record<string, string> = {}) =>
  listPages(
    { http: client, cache: fileCache(dir), clock: client.clock },
    { url: `${url}/list?page=1`, secretHeaders, pagesMax: 3, parse },
    { force, cacheMs: hourMs, signal: untouched() },
  )

/** Pages of one name each, with ETags made of the content. */
const pagedServer = (pages: readonly string[][]) =>
  testServer((request, response) => {
    const page = Number(/page=(\d+)/.exec(request.url ?? '')?.[1] ?? 1)
    const names = pages[page - 1] ?? []
    const etag = `"${names.join('-')}"`
    const link = page < pages.length ? `<?page=${page + 1}>; rel="next"` : '<?page=1>; rel="first"'
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag, link }).end()
    sendJson(response, names, { etag, link })
  })

test('D11: when a list has pages, then all of them are read, up to a limit', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  await using three = await pagedServer([['a'], ['b'], ['c']])
  expect((await ask(client, dir, three.url)).items).toStrictEqual(['a', 'b', 'c'])
  await using five = await pagedServer([['a'], ['b'], ['c'], ['d'], ['e']])
  expect((await ask(client, dir, five.url)).items).toStrictEqual(['a', 'b', 'c'])
})

test('when an answer is young, then the server is not asked, unless forced', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  await using server = await pagedServer([['a'], ['b']])
  const first = await ask(client, dir, server.url)
  client.clock.set(client.clock.now() + hourMs - 1)
  const second = await ask(client, dir, server.url)
  expect(first).toMatchObject({ fromCache: false, checkedAt: '2026-01-01T00:00:00.000Z' })
  expect(second).toMatchObject({ items: ['a', 'b'], fromCache: true, checkedAt: '2026-01-01T00:00:00.000Z' })
  expect(server.seen).toHaveLength(2)
  const third = await ask(client, dir, server.url, true)
  expect(third).toMatchObject({ items: ['a', 'b'], fromCache: false, checkedAt: '2026-01-01T00:59:59.999Z' })
  expect(server.seen.slice(2).map((seen) => seen.headers['if-none-match'])).toStrictEqual(['"a"', '"b"'])
})

test('when an answer is old, or from the future, then the server is asked', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  await using server = await pagedServer([['a']])
  await ask(client, dir, server.url)
  client.clock.set(client.clock.now() + hourMs)
  expect((await ask(client, dir, server.url)).fromCache).toBe(false)
  client.clock.set(client.clock.now() - 1)
  expect((await ask(client, dir, server.url)).fromCache).toBe(false)
  expect(server.seen).toHaveLength(3)
})

test('when 304 came, then the answer is young again', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  await using server = await pagedServer([['a']])
  await ask(client, dir, server.url)
  client.clock.set(client.clock.now() + 2 * hourMs)
  await ask(client, dir, server.url)
  expect(await ask(client, dir, server.url)).toMatchObject({ fromCache: true, checkedAt: '2026-01-01T02:00:00.000Z' })
})

test('when the first page was asked for again, then so are those after it', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  const pages = [['b', 'a'], ['z']]
  await using server = await pagedServer(pages)
  await ask(client, dir, server.url)
  // Only the first page's entry is lost: "a" has meanwhile moved to the second.
  pages.splice(0, 2, ['c', 'b'], ['a', 'z'])
  const files = await readdir(dir)
  for (const file of files) {
    if ((await readFile(join(dir, file), 'utf8')).includes('"b"')) await rm(join(dir, file))
  }
  expect((await ask(client, dir, server.url)).items).toStrictEqual(['c', 'b', 'a', 'z'])
})

test('D11, C1: when a check fails, then it is an error, and the last good answer stays as it was', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  const broken: { how: string | null } = { how: null }
  await using server = await testServer((_, response) => {
    if (broken.how === 'status') return response.writeHead(500).end()
    if (broken.how === 'shape') return sendJson(response, { message: 'hello' })
    sendJson(response, ['a'])
  })
  await ask(client, dir, server.url)
  const [file = ''] = await readdir(dir)
  const before = await readFile(join(dir, file), 'utf8')
  client.clock.set(client.clock.now() + 2 * hourMs)
  broken.how = 'status'
  await expect(ask(client, dir, server.url)).rejects.toThrow('answered 500')
  broken.how = 'shape'
  await expect(ask(client, dir, server.url)).rejects.toThrow('is no list')
  expect(await readFile(join(dir, file), 'utf8')).toBe(before)
  broken.how = null
  expect((await ask(client, dir, server.url)).fromCache).toBe(false)
})

test.each([
  ['cut in half', (text: string) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['of another version', (text: string) => text.replace('"v":1', '"v":2')],
  ['of another meaning', (text: string) => text.replace('["a"]', '{"a":1}')],
])('when the cache file is %s, then it is as if there was none', async (_, damage) => {
  const dir = await cacheDir()
  await using client = testClient()
  await using server = await pagedServer([['a']])
  await ask(client, dir, server.url)
  const [file = ''] = await readdir(dir)
  const path = join(dir, file)
  await writeFile(path, damage(await readFile(path, 'utf8')))
  expect(await ask(client, dir, server.url)).toMatchObject({ items: ['a'], fromCache: false })
  expect(server.seen[1]?.headers['if-none-match']).toBeUndefined()
})

test('when another token asks, then it has its own answers, and the token is not in the files', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  await using server = await testServer((request, response) =>
    sendJson(response, [request.headers.authorization ?? 'none']),
  )
  expect((await ask(client, dir, server.url, false, { authorization: 'one' })).items).toStrictEqual(['one'])
  expect((await ask(client, dir, server.url, false, { authorization: 'two' })).items).toStrictEqual(['two'])
  expect((await ask(client, dir, server.url)).items).toStrictEqual(['none'])
  expect((await readdir(dir)).every((name) => /^[0-9a-f]{64}\.json$/.test(name))).toBe(true)
})

test('when the cache cannot be written, then the answer counts all the same', async () => {
  const dir = await cacheDir()
  await writeFile(dir, 'a file where the folder should be')
  await using client = testClient()
  await using server = await pagedServer([['a']])
  expect((await ask(client, dir, server.url)).items).toStrictEqual(['a'])
})

test('when answers are kept, then their owner alone can read them', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  await using server = await pagedServer([['a']])
  await ask(client, dir, server.url)
  const [file = ''] = await readdir(dir)
  expect((await stat(join(dir, file))).mode & 0o777).toBe(0o600)
  expect((await stat(dir)).mode & 0o777).toBe(0o700)
})

test('when a list goes on at another server, then it is refused: the token would go there', async () => {
  const dir = await cacheDir()
  await using client = testClient()
  await using server = await testServer((_, response) =>
    sendJson(response, ['a'], { link: '<https://evil.example/list>; rel="next"' }),
  )
  await expect(ask(client, dir, server.url)).rejects.toThrow('another server')
})
