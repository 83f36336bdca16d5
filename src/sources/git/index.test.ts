import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gitCaches } from '../../host/git/cache.ts'
import { takePack } from '../../host/git/pack.ts'
import { newRepository, type Repository } from '../../host/git/testing.ts'
import { openSecrets } from '../../host/secrets.ts'
import { type Room, room } from '../../host/tree/testing.ts'
import { gitSource } from './index.ts'

const signal = new AbortController().signal

function bench(here: Room, more: object = {}) {
  const time = { now: Date.UTC(2026, 0, 2) }
  const clock = { now: () => time.now, sleep: async () => {}, bootId: () => 'b', randomHex: () => 'aa' }
  const caches = gitCaches(here.at('cache'), clock)
  const source = gitSource({ caches, secrets: openSecrets({}), clock, allowHttp: [] })
  const config = source.config.parse({ type: 'git', url: here.at('up'), ...more })
  const list = (force = true) => source.list(config, { force, cacheMs: 60_000, signal })
  return { source, config, list, caches, time }
}

/** Three commits on main, ten minutes apart. */
function upstream(here: Room): { up: Repository; commits: readonly string[] } {
  const up = newRepository(here.at('up'))
  const commits = [1, 2, 3].map((n) => up.commit(`change ${n}\n\nWhat ${n} is about.`, { f: String(n) }, n * 10))
  return { up, commits }
}

describe('a branch', () => {
  test('when it is listed, then its commits are versions, newest first, each with what it says of itself', async () => {
    await using here = await room()
    const { commits } = upstream(here)
    const { releases, fromCache } = await bench(here, { ref: 'main', commits: 2 }).list()
    expect(fromCache).toBe(false)
    expect(releases.map(({ tag }) => tag)).toEqual([commits[2], commits[1]])
    expect(releases[0]).toEqual({
      version: commits[2]?.slice(0, 12),
      tag: commits[2],
      title: 'change 3',
      notes: 'change 3\n\nWhat 3 is about.',
      url: null,
      publishedAt: '2026-01-01T00:30:00.000Z',
      prerelease: false,
      artifact: { name: commits[2], url: `file://${here.at('up')}`, bytes: null, digest: null },
      checksums: [],
      assets: [],
    })
  })

  test('when none is named, then the main one of the server is followed', async () => {
    await using here = await room()
    const up = newRepository(here.at('up'), 'trunk')
    const commit = up.commit('one', { f: '1' })
    expect((await bench(here).list()).releases.map(({ tag }) => tag)).toEqual([commit])
  })

  test('H2: when it moves on, then an answer that is young is given again, and a forced one is asked for', async () => {
    await using here = await room()
    const { up, commits } = upstream(here)
    const { list, time } = bench(here)
    await list()
    const newest = up.commit('change 4', { f: '4' })
    expect(await list(false)).toMatchObject({ fromCache: true, releases: [{ tag: commits[2] }, {}, {}] })
    expect((await list(true)).releases[0]?.tag).toBe(newest)
    up.commit('change 5', { f: '5' })
    time.now += 60_000
    expect(await list(false)).toMatchObject({ fromCache: false, releases: [{ title: 'change 5' }, {}, {}, {}, {}] })
  })

  test('when it was rewritten, then the new history is listed, and the old one is still known', async () => {
    await using here = await room()
    const { up, commits } = upstream(here)
    const { list, caches, source } = bench(here)
    await list()
    up.git('reset', '--quiet', '--hard', commits[0] ?? '')
    const other = up.commit('another', { f: 'x' })
    expect((await list()).releases.map(({ tag }) => tag)).toEqual([other, commits[0]])
    expect(source.kind).toBe('git')
    const { parseRemote } = await import('../../host/git/remote.ts')
    const remote = parseRemote(here.at('up'))
    if (remote === null) throw new Error('no remote')
    const { git } = await import('../../host/git/run.ts')
    expect((await git(caches.of(remote), ['cat-file', '-e', commits[2] ?? ''], { signal })).code).toBe(0)
  })

  test('when what is kept of it is damaged, then it is asked for anew', async () => {
    await using here = await room()
    const { commits } = upstream(here)
    const { list, caches } = bench(here)
    await list()
    const { parseRemote } = await import('../../host/git/remote.ts')
    const { dir } = caches.of(parseRemote(here.at('up')) as NonNullable<ReturnType<typeof parseRemote>>)
    rmSync(`${dir}/objects`, { recursive: true })
    expect((await list(false)).releases[0]?.tag).toBe(commits[2])
    writeFileSync(`${dir}/config`, 'nonsense')
    expect((await list(true)).releases[0]?.tag).toBe(commits[2])
  })
})

describe('what cannot be asked', () => {
  test('when the branch is not there, then that is an error, and never an empty list', async () => {
    await using here = await room()
    upstream(here)
    await expect(bench(here, { ref: 'nowhere' }).list()).rejects.toMatchObject({
      problem: { code: 'E_NOT_FOUND', hint: expect.stringContaining('source.ref') },
    })
  })

  test('when there is no repository, then that is said', async () => {
    await using here = await room()
    await expect(bench(here, { ref: 'main' }).list()).rejects.toMatchObject({
      problem: { code: 'E_NOT_FOUND', hint: expect.stringContaining('source.url') },
    })
  })

  test('when nobody listens there, then the network is named', async () => {
    await using here = await room()
    const failing = bench(here, { url: 'https://127.0.0.1:9/x.git', ref: 'main' }).list()
    await expect(failing).rejects.toMatchObject({ problem: { code: 'E_NETWORK', retryable: true } })
  })

  test('when the address is plain http and not allowed, then nobody is asked', async () => {
    await using here = await room()
    const failing = bench(here, { url: 'http://127.0.0.1:9/x.git', ref: 'main' }).list()
    await expect(failing).rejects.toMatchObject({ problem: { code: 'E_HTTP_INSECURE' } })
    expect(existsSync(here.at('cache'))).toBe(false)
  })
})

describe('tags', () => {
  test('when tags are followed, then those that fit are versions, and annotated ones name their commit', async () => {
    await using here = await room()
    const { up, commits } = upstream(here)
    up.git('tag', 'v1.0.0', commits[0] ?? '')
    up.git('tag', '-a', 'v1.1.0', '-m', 'One point one', commits[1] ?? '')
    up.git('tag', 'nightly')
    up.git('tag', 'v2-tree', `${commits[0]}^{tree}`)
    const { releases } = await bench(here, { ref: { tags: 'v*' } }).list()
    const found = releases.map(({ version, tag, artifact, notes }) => [version, tag, artifact?.name, notes])
    expect(found).toHaveLength(2)
    expect(found).toContainEqual(['1.0.0', 'v1.0.0', commits[0], 'change 1\n\nWhat 1 is about.'])
    expect(found).toContainEqual(['1.1.0', 'v1.1.0', commits[1], 'One point one'])
  })

  test('when tags of several components lie there, then the part before the star tells them apart', async () => {
    await using here = await room()
    const { up } = upstream(here)
    up.git('tag', 'core-v1.0.0')
    up.git('tag', 'web-v9.0.0')
    const { releases } = await bench(here, { ref: 'tags: core-v*' }).list()
    expect(releases.map(({ version }) => version)).toEqual(['1.0.0'])
  })

  test('when there is none, then the list is empty, and that is no failure', async () => {
    await using here = await room()
    upstream(here)
    expect((await bench(here, { ref: { tags: '*' } }).list()).releases).toEqual([])
  })
})

describe('objects', () => {
  test.each([
    ['all of it', (a: string) => a, 3],
    ['what one that has the commit before lacks', (a: string, b: string) => `${b}..${a}`, 1],
    ['the commit alone', (a: string) => `${a}!`, 1],
  ])('when %s is asked for, then that is what comes', async (_name, nameOf, commitsIn) => {
    await using here = await room()
    const { commits } = upstream(here)
    const { source, config, list } = bench(here)
    await list()
    const [, b = '', a = ''] = commits
    const artifact = { name: nameOf(a, b), url: 'file:///', bytes: null, digest: null }
    const { chunks } = await source.open(config, artifact, 0, signal)
    const other = newRepository(here.at('other'))
    const place = { dir: other.dir, user: null }
    const bytes = await takePack(place, chunks, { signal, mark: 'test', onBytes: () => {} })
    expect(bytes).toBeGreaterThan(100)
    expect(other.git('cat-file', '-p', `${a}:f`)).toBe('3')
    const objects = other.git('cat-file', '--batch-check', '--batch-all-objects')
    expect(objects.split('\n').filter((line) => line.includes(' commit '))).toHaveLength(commitsIn)
  })

  test('when a name is no commit, then git never sees it', async () => {
    await using here = await room()
    const { source, config } = bench(here)
    for (const name of ['--upload-pack=x', 'main', `${'a'.repeat(40)}..-x`, `^${'a'.repeat(40)}`]) {
      const artifact = { name, url: 'file:///', bytes: null, digest: null }
      await expect(source.open(config, artifact, 0, signal)).rejects.toMatchObject({
        problem: { code: 'E_PATH_INVALID' },
      })
    }
  })
})

test.each(['-main', 'a..b', 'x.lock', 'a b', 'v*', 'main~1', '@{u}', 'a:b'])(
  'C7: when ref is %j, then the config is refused',
  (ref) => {
    const { source } = bench({ at: (name: string) => `/x/${name}` } as Room)
    expect(source.config.safeParse({ type: 'git', url: '/srv/app', ref }).success).toBe(false)
  },
)
