import { expect, test } from 'vitest'
import type { Release } from '../../core/model/release.ts'
import { sendJson, testClient, testServer } from '../../host/http/testing.ts'
import { openSecrets } from '../../host/secrets.ts'
import type { AnswerCache, CachedAnswer } from '../../host/http/cache.ts'
import { githubTreeSource } from './index.ts'

const head = 'b387b2951a2213d1c7f491f546bf90edc5e6fee2'
const before = '169d2d5e95368561d2c27fba29f6d4c487a66aa5'
const blob = '9e615c221512937f8c3ec1940a38e5092a018f96'

const commit = (sha: string, message: string) => ({
  sha,
  html_url: `https://github.com/o/app/commit/${sha}`,
  commit: { message, committer: { name: 'x', date: '2026-01-01T00:00:00Z' } },
})
const entry = (path: string, more: object = {}) => ({ path, mode: '100644', type: 'blob', sha: blob, size: 5, ...more })
const release = { tag: head } as Release

/** A server that answers by path; `seen` are the paths, in order. */
async function bed(answers: Readonly<Record<string, unknown>>, config: object = {}) {
  const server = await testServer((request, response) => {
    const answer = answers[request.url ?? '']
    if (answer === undefined) response.writeHead(404).end('{"message":"Not Found"}')
    else sendJson(response, answer)
  })
  const client = testClient()
  const kept = new Map<string, CachedAnswer>()
  const cache: AnswerCache = {
    read: async (key) => kept.get(key) ?? null,
    write: async (key, answer) => void kept.set(key, answer),
  }
  const source = githubTreeSource({
    http: client,
    cache,
    secrets: openSecrets({ TOKEN: 't0ken' }),
    clock: client.clock,
    platform: { os: 'linux', arch: 'x64' },
  })
  const parsed = source.config.parse({ type: 'github-tree', repo: 'o/app', api: server.url, ...config })
  const signal = new AbortController().signal
  return {
    url: server.url,
    seen: () => server.seen.map(({ path }) => path),
    headers: server.seen,
    list: (force = true) => source.list(parsed, { force, cacheMs: 3_600_000, signal }),
    tree: (of: Release = release) => source.tree?.(parsed, of, signal) ?? Promise.reject(new Error('no tree')),
    source,
    parsed,
    signal,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

const commits = '/repos/o/app/commits?per_page=30'
const tree = (id: string, recursive = true) => `/repos/o/app/git/trees/${id}${recursive ? '?recursive=1' : ''}`

test('when a branch is listed, then each commit is a release, the newest first, in one request', async () => {
  await using it = await bed(
    { '/repos/o/app/commits?sha=feature%2Fx&per_page=5': [commit(head, 'New\n\nmore'), commit(before, 'Old')] },
    { branch: 'feature/x', commits: 5 },
  )
  const { releases } = await it.list()
  expect(releases[0]).toEqual({
    version: 'b387b2951a22',
    tag: head,
    title: 'New',
    notes: 'New\n\nmore',
    url: `https://github.com/o/app/commit/${head}`,
    publishedAt: '2026-01-01T00:00:00.000Z',
    prerelease: false,
    artifact: { name: head, url: `${it.url}/repos/o/app/tarball/${head}`, bytes: null, digest: null },
    checksums: [],
    assets: [],
  })
  expect(releases[1]?.version).toBe('169d2d5e9536')
  await it.list(false)
  expect(it.seen()).toHaveLength(1)
})

test('H2: when a tree is asked for, then it is that of the pinned commit, in one request, and never asked for again', async () => {
  const entries = [
    entry('a', { type: 'tree', mode: '040000' }),
    entry('a/b.py', { mode: '100755' }),
    entry('link', { mode: '120000' }),
    entry('sub', { mode: '160000', type: 'commit', size: undefined }),
    entry('old.py', { mode: '100664' }),
  ]
  await using it = await bed({ [tree(head)]: { sha: head, tree: entries, truncated: false } })
  const found = await it.tree()
  expect(found.commit).toBe(head)
  expect(found.entries).toEqual([
    { path: 'a/b.py', mode: '100755', blob, bytes: 5 },
    { path: 'link', mode: '120000', blob, bytes: 5 },
    { path: 'sub', mode: '160000', blob, bytes: null },
    { path: 'old.py', mode: '100644', blob, bytes: 5 },
  ])
  expect((await it.tree()).entries).toEqual(found.entries)
  expect(it.seen()).toEqual([tree(head)])
  expect(found.archive?.url).toBe(`${it.url}/repos/o/app/tarball/${head}`)
})

test('when a tree does not come whole, then its folders are asked for one by one', async () => {
  const [x, y] = ['1'.repeat(40), '2'.repeat(40)]
  await using it = await bed({
    [tree(head)]: { tree: [entry('x/a')], truncated: true },
    [tree(head, false)]: {
      tree: [entry('top'), entry('x', { type: 'tree', sha: x }), entry('y', { type: 'tree', sha: y })],
    },
    [tree(x)]: { tree: [entry('a'), entry('deep/b')] },
    [tree(y)]: { tree: [entry('z/c')], truncated: true },
    [tree(y, false)]: { tree: [entry('c')] },
  })
  expect((await it.tree()).entries.map(({ path }) => path).toSorted()).toEqual(['top', 'x/a', 'x/deep/b', 'y/c'])
})

test('when a tree would take requests without end, then it is given up with a hint', async () => {
  const ids = Array.from({ length: 60 }, (_, i) => String(i).padStart(40, '0'))
  await using it = await bed({
    [tree(head)]: { tree: [], truncated: true },
    [tree(head, false)]: { tree: ids.map((id) => entry(`d${id}`, { type: 'tree', sha: id })) },
    ...Object.fromEntries(ids.map((id) => [tree(id), { tree: [entry('a')] }])),
  })
  await expect(it.tree()).rejects.toMatchObject({
    problem: { code: 'E_RESPONSE_TOO_LARGE', hint: expect.stringContaining('git') },
  })
  expect(it.seen().length).toBeLessThan(50)
})

test('when the public GitHub is asked without a token, then files come from where no quota is spent', async () => {
  await using it = await bed({})
  const { source, signal } = it
  const config = (more: object) => source.config.parse({ type: 'github-tree', repo: 'o/app', ...more })
  // Answered from the cache: nothing of the real GitHub is asked.
  const asked = async (more: object) => {
    const known = githubTreeSource({
      http: { getJson: async () => ({ status: 200, headers: {}, json: { tree: [] } }) } as never,
      cache: { read: async () => null, write: async () => {} },
      secrets: openSecrets({ TOKEN: 't0ken' }),
      clock: testClient().clock,
      platform: { os: 'linux', arch: 'x64' },
    })
    const found = await known.tree?.(config(more), release, signal)
    const file = { path: 'Über uns/\uf03a#1.md', mode: '100644', blob, bytes: 3 } as const
    return [found?.file(file).url, found?.archive?.url]
  }
  expect(await asked({})).toEqual([
    `https://raw.githubusercontent.com/o/app/${head}/%C3%9Cber%20uns/%EF%80%BA%231.md`,
    `https://codeload.github.com/o/app/tar.gz/${head}`,
  ])
  expect(await asked({ token_env: 'TOKEN' })).toEqual([
    `https://api.github.com/repos/o/app/git/blobs/${blob}`,
    `https://api.github.com/repos/o/app/tarball/${head}`,
  ])
})

test('when a file is opened, then its raw bytes are asked for, and the token goes to the API alone', async () => {
  await using it = await bed(
    { [`/repos/o/app/git/blobs/${blob}`]: 'x', [tree(head)]: { tree: [entry('a')] } },
    { token: { env: 'TOKEN' } },
  )
  await using other = await bed({ '/elsewhere': 'x' })
  const found = await it.tree()
  const [first] = found.entries
  if (first === undefined) throw new Error('no entry')
  await it.source.open(it.parsed, found.file(first), 0, it.signal)
  await it.source.open(it.parsed, { ...found.file(first), url: `${other.url}/elsewhere` }, 0, it.signal)
  expect(it.headers.at(-1)?.headers).toMatchObject({
    accept: 'application/vnd.github.raw+json',
    authorization: 'Bearer t0ken',
  })
  expect(other.headers[0]?.headers.authorization).toBeUndefined()
})

test('H2: when something that is no commit is to be installed, then nothing is asked', async () => {
  await using it = await bed({})
  await expect(it.tree({ ...release, tag: 'main' })).rejects.toMatchObject({ problem: { code: 'E_RESPONSE_INVALID' } })
  expect(it.seen()).toEqual([])
})

test.each([
  ['[0].sha', [{ ...commit(head, 'x'), sha: '../x' }]],
  ['[1].commit.message', [commit(head, 'x'), { ...commit(before, 'x'), commit: {} }]],
])('when something is wrong at %s, then the error names that place', async (place, answer) => {
  await using it = await bed({ [commits]: answer })
  await expect(it.list()).rejects.toThrow(`something unexpected at ${place}:`)
})

test.each(['-x', 'a b', 'a..b', 'refs/heads/x.lock', 'a:b', 'a^', '/a', 'x\n'])(
  'when the branch is %j, then the config refuses it',
  (branch) => {
    const { config } = githubTreeSource({} as never)
    expect(config.safeParse({ type: 'github-tree', repo: 'o/app', branch }).success).toBe(false)
  },
)
