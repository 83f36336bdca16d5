import { expect, test } from 'vitest'
import { sourceBench } from '../../host/http/source-testing.ts'
import { githubSource } from './index.ts'

const sha256 = 'a'.repeat(64)

const asset = (name: string, url: string, more: object = {}) => ({
  name,
  url: `${url}/repos/o/app/releases/assets/${name.length}`,
  browser_download_url: `${url}/o/app/releases/download/v1.0.0/${name}`,
  size: 10,
  state: 'uploaded',
  digest: `sha256:${sha256}`,
  ...more,
})

const release = (url: string, more: object = {}) => ({
  tag_name: 'v1.0.0',
  name: 'One',
  body: 'Notes\r\n',
  html_url: `${url}/o/app/releases/tag/v1.0.0`,
  draft: false,
  prerelease: false,
  published_at: '2026-01-01T00:00:00Z',
  zipball_url: `${url}/repos/o/app/zipball/v1.0.0`,
  tarball_url: `${url}/repos/o/app/tarball/v1.0.0`,
  assets: [asset('app.tar.gz', url), asset('app.zip.sha256', url)],
  ...more,
})

async function listed(json: (url: string) => unknown, config: object = {}) {
  await using bench = await sourceBench(json)
  const source = githubSource(bench.deps)
  const parsed = source.config.parse({ type: 'github', repo: 'o/app', api: bench.server.url, ...config })
  const { releases } = await source.list(parsed, bench.options)
  return { releases, url: bench.server.url, seen: bench.server.seen, source, parsed }
}

test('when a release is listed, then all that GitHub says of it is there, the digest of the API too', async () => {
  const { releases, url, seen } = await listed((at) => [release(at)])
  expect(releases).toStrictEqual([
    {
      version: '1.0.0',
      tag: 'v1.0.0',
      title: 'One',
      notes: 'Notes\n',
      url: `${url}/o/app/releases/tag/v1.0.0`,
      publishedAt: '2026-01-01T00:00:00.000Z',
      prerelease: false,
      artifact: {
        name: 'app.tar.gz',
        url: `${url}/o/app/releases/download/v1.0.0/app.tar.gz`,
        bytes: 10,
        digest: `sha256:${sha256}`,
      },
      checksums: [],
      assets: ['app.tar.gz', 'app.zip.sha256'],
      files: ['app.tar.gz', 'app.zip.sha256'].map((name) => ({
        name,
        url: `${url}/o/app/releases/download/v1.0.0/${name}`,
        bytes: 10,
        digest: `sha256:${sha256}`,
      })),
    },
  ])
  expect(seen[0]?.path).toBe('/repos/o/app/releases?per_page=100')
  expect(seen[0]?.headers.accept).toBe('application/vnd.github+json')
})

test('when a token is used, then assets are fetched from the API, which takes it', async () => {
  const { releases, url, seen } = await listed((at) => [release(at)], { token_env: 'TOKEN' })
  expect(releases[0]?.artifact?.url).toBe(`${url}/repos/o/app/releases/assets/10`)
  expect(seen[0]?.headers.authorization).toBe('Bearer t0ken')
})

test('when an artifact of the API is opened, then its bytes are asked for, with the token', async () => {
  await using bench = await sourceBench(() => 'bytes')
  const source = githubSource(bench.deps)
  const config = source.config.parse({ type: 'github', repo: 'o/app', api: bench.server.url, token: { env: 'TOKEN' } })
  const artifact = { name: 'app.zip', url: `${bench.server.url}/repos/o/app/releases/assets/1`, bytes: 1, digest: null }
  await source.open(config, artifact, 0, bench.options.signal)
  expect(bench.server.seen[0]?.headers).toMatchObject({
    accept: 'application/octet-stream',
    authorization: 'Bearer t0ken',
  })
})

test.each([
  ['source-zip', 'app-1.0.0.zip', 'zipball'],
  ['source-tar', 'app-1.0.0.tar.gz', 'tarball'],
])('when the asset is %s, then it is the generated archive, whose digest nobody states', async (which, name, path) => {
  const { releases, url } = await listed((at) => [release(at)], { asset: which })
  const expected = { name, url: `${url}/repos/o/app/${path}/v1.0.0`, bytes: null, digest: null }
  expect(releases[0]).toMatchObject({ artifact: expected, checksums: [] })
})

test('when an asset is still being uploaded, then it is not there yet', async () => {
  const { releases } = await listed((at) => [release(at, { assets: [asset('app.zip', at, { state: 'starter' })] })])
  expect(releases).toMatchObject([{ artifact: null, assets: [] }])
})

test('when a release is a draft, then it is not listed', async () => {
  const { releases } = await listed((at) => [release(at, { draft: true }), release(at, { tag_name: 'v0.9.0' })])
  expect(releases.map((item) => item.version)).toStrictEqual(['0.9.0'])
})

test('when tags of several components are published, then only those that fit the pattern are releases', async () => {
  const tags = ['core-v1.1.0', 'remote-v2.0.0', 'core-v1.0.0']
  const { releases } = await listed((at) => tags.map((tag) => release(at, { tag_name: tag })), {
    tag: 'core-v{version}',
  })
  expect(releases.map(({ version, tag }) => [version, tag])).toStrictEqual([
    ['1.1.0', 'core-v1.1.0'],
    ['1.0.0', 'core-v1.0.0'],
  ])
})

test.each([
  ['[1].tag_name', [{}, { tag_name: 1 }]],
  ['[0].assets[0].name', [{ assets: [{ name: '../etc/passwd' }] }]],
  ['[0].assets[0].size', [{ assets: [{ size: -1 }] }]],
  ['[0].assets[0].digest', [{ assets: [{ digest: 'sha256:abc' }] }]],
])('when something is wrong at %s, then the error names that place', async (place, changes) => {
  const wrong = (url: string) =>
    changes.map((change: { assets?: readonly object[] }) => {
      const assets = change.assets?.map((more) => asset('app.zip', url, more))
      return release(url, { ...change, ...(assets === undefined ? {} : { assets }) })
    })
  await expect(listed(wrong)).rejects.toThrow(`something unexpected at ${place}:`)
})
