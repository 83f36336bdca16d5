import { expect, test } from 'vitest'
import type { ProblemCode } from '../../core/model/codes.ts'
import { digestOfText, image, index, ociBench, ociIndexType, publish } from './testing.ts'

const failing = (code: ProblemCode, hint: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, hint: expect.stringContaining(hint) }) })

const amd64 = { os: 'linux', architecture: 'amd64' }
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' }

test('when tags name versions, then each is a release, and the others are none', async () => {
  await using bench = await ociBench()
  bench.registry.tags.push('1.0.0', '1.1.0', 'v1.2.0', '1.1.0-alpine', 'latest', 'develop-1a2b3c4', 'sha-abcdef1')
  const { releases, fromCache, checkedAt } = await bench.list()
  expect(releases.map(({ version, tag }) => [version, tag])).toStrictEqual([
    ['1.0.0', '1.0.0'],
    ['1.1.0', '1.1.0'],
    ['1.2.0', 'v1.2.0'],
    ['1.1.0', '1.1.0-alpine'],
  ])
  expect(releases[0]?.artifact).toStrictEqual({
    name: `${bench.host}/o/app:1.0.0`,
    url: `http://${bench.host}/v2/o/app/manifests/1.0.0`,
    bytes: null,
    digest: null,
  })
  expect({ fromCache, checkedAt }).toStrictEqual({ fromCache: false, checkedAt: '2026-01-01T00:00:00.000Z' })
})

test('D11: when there are more tags than a page holds, then all are listed, whatever host the registry believes to be', async () => {
  await using bench = await ociBench()
  const versions = Array.from({ length: 25 }, (_, minor) => `1.${minor}.0`)
  bench.registry.tags.push(...versions)
  bench.registry.pageLength = 10
  expect((await bench.list()).releases.map(({ tag }) => tag)).toStrictEqual(versions)
  expect(bench.paths()).toStrictEqual([
    '/v2/o/app/tags/list?n=1000',
    '/v2/o/app/tags/list?last=1.9.0&n=10',
    '/v2/o/app/tags/list?last=1.19.0&n=10',
  ])
})

test('when the list of tags never ends, then that is an error: the newest may be the last', async () => {
  await using bench = await ociBench()
  bench.registry.door = (_, response) => {
    response.setHeader('link', '</v2/o/app/tags/list?last=1&n=1>; rel="next"')
    response.end('{"tags":["1.0.0"]}')
    return true
  }
  await expect(bench.list()).rejects.toThrow(failing('E_RESPONSE_TOO_LARGE', 'tag: latest'))
  expect(bench.paths()).toHaveLength(200)
})

test('when a repository has lost all its tags, then the list is empty', async () => {
  await using bench = await ociBench()
  bench.registry.door = (_, response) => {
    response.end('{"name":"o/app","tags":null}')
    return true
  }
  expect((await bench.list()).releases).toStrictEqual([])
})

test('when a tag names no version, then it is followed by its digest, which costs no pull', async () => {
  await using bench = await ociBench()
  const digest = publish(bench.registry, 'latest', image(1))
  const { releases } = await bench.list({ tag: 'latest' })
  expect(releases).toMatchObject([
    {
      version: `latest@${digest.slice(0, 19)}`,
      tag: 'latest',
      artifact: {
        name: `${bench.host}/o/app:latest`,
        url: `http://${bench.host}/v2/o/app/manifests/${digest}`,
        bytes: null,
        digest,
      },
    },
  ])
  expect(bench.server.seen).toHaveLength(1)
  expect(bench.server.seen[0]?.headers.accept).toContain(ociIndexType)
})

test('when what runs is on a tag without a version and the config names none, then that tag is followed', async () => {
  await using bench = await ociBench()
  bench.registry.tags.push('1.0.0')
  const digest = publish(bench.registry, 'nightly', image(1))
  expect((await bench.list({}, { tag: 'nightly' })).releases).toMatchObject([{ tag: 'nightly', artifact: { digest } }])
  expect((await bench.list({}, { tag: null })).releases).toMatchObject([{ tag: '1.0.0' }])
})

test('when the config names a tag that looks like a version, then that one is followed by its digest all the same', async () => {
  await using bench = await ociBench()
  bench.registry.tags.push('17')
  const digest = publish(bench.registry, '16', image(1))
  const { releases } = await bench.list({ tag: '16' })
  expect(releases).toMatchObject([{ version: `16@${digest.slice(0, 19)}`, tag: '16', artifact: { digest } }])
})

test('when a registry states no digest, then the manifest is fetched and hashed', async () => {
  await using bench = await ociBench()
  const digest = publish(bench.registry, 'latest', image(1))
  const body = bench.registry.manifests.get('latest')?.body
  bench.registry.door = (request, response) => {
    response.setHeader('content-type', ociIndexType)
    response.end(request.method === 'HEAD' ? undefined : body)
    return true
  }
  expect((await bench.list({ tag: 'latest' })).releases[0]?.artifact?.digest).toBe(digest)
})

test('when a release is pinned, then its digest and what is transferred of it are known', async () => {
  await using bench = await ociBench()
  const digest = publish(bench.registry, '1.0.0', image(1000, 200))
  const pinned = await bench.pin((await bench.list()).releases[0])
  expect(pinned).toMatchObject({
    version: '1.0.0',
    artifact: { digest, bytes: 1300, url: `http://${bench.host}/v2/o/app/manifests/${digest}` },
  })
})

test('when an image is made for several platforms, then this one is measured, and the digest is that of the tag', async () => {
  await using bench = await ociBench()
  const own = publish(bench.registry, null, image(1000))
  const other = publish(bench.registry, null, image(5000))
  const manifest = index([other, arm64], [own, amd64], [digestOfText('x'), { os: 'unknown', architecture: 'unknown' }])
  const digest = publish(bench.registry, '1.0.0', manifest, ociIndexType)
  expect((await bench.pin((await bench.list()).releases[0])).artifact).toMatchObject({ digest, bytes: 1100 })
})

test('when an image is not made for this platform, then that is said before anything is touched', async () => {
  await using bench = await ociBench()
  publish(bench.registry, '1.0.0', index([publish(bench.registry, null, image(1)), arm64]), ociIndexType)
  const pinned = bench.pin((await bench.list()).releases[0])
  await expect(pinned).rejects.toThrow(failing('E_PLATFORM', 'It is made for linux/arm64/v8.'))
})

test('when a followed tag moves on before it is pinned, then what was decided for is pinned', async () => {
  await using bench = await ociBench()
  const digest = publish(bench.registry, 'latest', image(1))
  const [release] = (await bench.list({ tag: 'latest' })).releases
  publish(bench.registry, 'latest', image(2))
  expect((await bench.pin(release, { tag: 'latest' })).artifact?.digest).toBe(digest)
})

test('when a manifest is not what its digest says, then nothing is believed', async () => {
  await using bench = await ociBench()
  const digest = publish(bench.registry, '1.0.0', image(1))
  bench.registry.manifests.set(digest, { type: 'x', body: JSON.stringify(image(2)) })
  const { releases } = await bench.list()
  await expect(bench.pin(releases[0])).rejects.toThrow(failing('E_CHECKSUM_MISMATCH', 'Nothing was pulled'))
})

test('when a manifest ends in the middle, then that is a failure of the network', async () => {
  await using bench = await ociBench()
  const digest = publish(bench.registry, '1.0.0', image(1))
  const { releases } = await bench.list()
  bench.registry.door = (request, response) => {
    if (request.url?.includes(digest) !== true) return false
    response.writeHead(200, { 'content-length': 1000 })
    response.write('{"schemaVersion"', () => response.destroy())
    return true
  }
  await expect(bench.pin(releases[0])).rejects.toThrow(failing('E_NETWORK', ''))
})

const schema1Type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'

test('when an image has the first format, then it is refused, by HEAD and by what it holds', async () => {
  await using bench = await ociBench()
  publish(bench.registry, 'old', { schemaVersion: 1, name: 'o/app' }, schema1Type)
  publish(bench.registry, '1.0.0', { schemaVersion: 1, name: 'o/app', tag: '1.0.0' })
  await expect(bench.list({ tag: 'old' })).rejects.toThrow(failing('E_RESPONSE_INVALID', 'push it again'))
  await expect(bench.pin((await bench.list()).releases[0])).rejects.toThrow(
    failing('E_RESPONSE_INVALID', 'push it again'),
  )
})

test('when the followed tag is not there, then the error names it', async () => {
  await using bench = await ociBench()
  await expect(bench.list({ tag: 'nightly' })).rejects.toThrow(/has no tag nightly/)
  await expect(bench.list({ tag: 'nightly' })).rejects.toThrow(failing('E_NOT_FOUND', 'docker login'))
})

test('when several components follow one image, then the registry is asked once', async () => {
  await using bench = await ociBench()
  const digest = publish(bench.registry, 'latest', image(1))
  bench.registry.tags.push('1.0.0')
  const first = await bench.list({}, { force: false })
  expect(await bench.list({ prereleases: true }, { force: false })).toStrictEqual({ ...first, fromCache: true })
  await bench.list({ tag: 'latest' }, { force: false })
  expect((await bench.list({ tag: 'latest' }, { force: false })).releases[0]?.artifact?.digest).toBe(digest)
  expect(bench.paths()).toHaveLength(2)
  bench.clock.set(bench.clock.now() + 3_600_000)
  expect((await bench.list({}, { force: false })).fromCache).toBe(false)
  expect(bench.paths()).toHaveLength(3)
})

test('when another login is configured, then the answer to the first one is not given', async () => {
  await using bench = await ociBench()
  bench.registry.tags.push('1.0.0')
  await bench.list({}, { force: false })
  const more = { username: 'bob', password: { env: 'PASSWORD' } }
  expect((await bench.list(more, { force: false })).fromCache).toBe(false)
})

test('when one manifest is asked for again, then it comes from the cache, since its digest names it for ever', async () => {
  await using bench = await ociBench()
  publish(bench.registry, '1.0.0', image(1))
  const { releases } = await bench.list()
  const pinned = await bench.pin(releases[0])
  const before = bench.paths().length
  expect(await bench.pin(releases[0])).toStrictEqual(pinned)
  expect(bench.paths().slice(before)).toStrictEqual(['/v2/o/app/manifests/1.0.0'])
})

const notes = {
  version: '1.1',
  tag: 'v1.1',
  title: 'One one',
  notes: 'New',
  url: 'https://example.org/1.1',
  publishedAt: '2026-01-01T00:00:00.000Z',
  prerelease: true,
  artifact: null,
  checksums: [],
  assets: ['ignored'],
}

test('when another source knows more of a version, then it is added, and what it knows alone is no release', async () => {
  const spec = { type: 'github', repo: 'o/app' }
  const seen: unknown[] = []
  await using bench = await ociBench({
    releases: async (asked) => {
      seen.push(asked)
      return { releases: [notes, { ...notes, version: '9.0' }], checkedAt: '2025-12-31T00:00:00.000Z', fromCache: true }
    },
  })
  bench.registry.tags.push('1.1.0-alpine', '1.0.0')
  const { releases, checkedAt, fromCache } = await bench.list({ releases: spec })
  expect(seen).toStrictEqual([spec])
  expect({ checkedAt, fromCache }).toStrictEqual({ checkedAt: '2025-12-31T00:00:00.000Z', fromCache: false })
  const { title, url, publishedAt } = notes
  expect(releases).toMatchObject([
    { tag: '1.1.0-alpine', version: '1.1.0', title, notes: 'New', url, publishedAt, prerelease: true, assets: [] },
    { tag: '1.0.0', notes: null, prerelease: false },
  ])
})

test('when the source of the notes cannot be asked, then that is an error: a prerelease could pass for a release', async () => {
  await using bench = await ociBench({ releases: () => Promise.reject(new Error('no notes')) })
  bench.registry.tags.push('1.0.0')
  await expect(bench.list({ releases: { type: 'github' } })).rejects.toThrow('no notes')
})

test('when somebody would download an image as a file, then it says what to use', async () => {
  await using bench = await ociBench()
  const artifact = { name: 'x', url: bench.server.url, bytes: null, digest: null }
  const opened = bench.source.open(bench.config(), artifact, 0, new AbortController().signal)
  await expect(opened).rejects.toThrow(failing('E_USAGE', 'type: compose'))
})

test.each([
  [{ image: `ghcr.io/o/app@${digestOfText('x')}` }, 'Leave it out: ghcr.io/o/app'],
  [{ image: 'ghcr.io/o/app:1.0' }, 'image: ghcr.io/o/app, tag: "1.0"'],
  [{ image: 'https://ghcr.io/o/app' }, 'as docker pull takes it'],
  [{ image: 'ghcr.io/o/app', tag: 1.2 }, 'in quotes'],
  [{ image: 'ghcr.io/o/app', tag: '1.0 ' }, 'as it stands after the colon'],
  [{ image: 'ghcr.io/o/app', username: 'alice' }, 'together'],
  [{ image: 'ghcr.io/o/app', username: 'alice', password: 'hunter2' }, ''],
  [{ image: 'ghcr.io/o/app', tags: 'x' }, 'tags'],
])('when the config is %j, then it is refused with what to write', async (more, words) => {
  await using bench = await ociBench()
  const read = bench.source.config.safeParse({ type: 'oci', ...more })
  expect(read.success).toBe(false)
  expect(read.error?.issues[0]?.message).toContain(words)
})
