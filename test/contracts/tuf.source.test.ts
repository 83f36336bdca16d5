import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noProofs, verifyDemand } from '../../src/core/trust/demand.ts'
import { downloadTo } from '../../src/host/http/download.ts'
import { testClient, untouched } from '../../src/host/http/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { belaySource } from '../../src/sources/belay/index.ts'
import { newKey, roleOf, TestRepository } from './tuf.repository.ts'
import { served, temporaryFolder } from './tuf.server.ts'

const nowMs = Date.UTC(2027, 0, 1)
const folder = 'app/stable/'
const nameOf = (version: string, platform = 'linux-x64') => `${folder}app-${version}-${platform}.tar.zst`

const fields = (version: string, seq: number, more: object = {}) => ({
  product: 'app',
  channel: 'stable',
  version,
  seq,
  floor: 0,
  platform: 'linux-x64',
  notes: `What is new in ${version}`,
  published: '2026-12-01T10:00:00Z',
  ...more,
})

/** A repository as `belay release` lays it out: one terminating role for a product's channel. */
async function scene() {
  const repository = new TestRepository(nowMs)
  const role = roleOf([newKey()])
  repository.delegate({ name: 'app-stable', by: 'targets', role, paths: [`${folder}*`], terminating: true })
  repository.addArtifact('app-stable', nameOf('1.0.0'), 'one', fields('1.0.0', 1))
  repository.addArtifact('app-stable', nameOf('1.1.0'), 'two', fields('1.1.0', 2))
  repository.publish()
  const { server, door } = await served(repository)
  const dir = await temporaryFolder()
  const http = testClient()
  onTestFinished(() => http[Symbol.asyncDispose]())
  http.clock.set(nowMs)
  await writeFile(join(dir, 'root.json'), repository.files.get('1.root.json') ?? '')
  const source = belaySource({
    http,
    cache: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    secrets: openSecrets({}),
    clock: http.clock,
    platform: { os: 'linux', arch: 'x64' },
    trustDir: join(dir, 'trust'),
    version: '1.0.0',
  })
  const config = (more: object = {}) =>
    source.config.parse({ type: 'belay', url: server.url, root: join(dir, 'root.json'), product: 'app', ...more })
  const list = async (more: object = {}) => {
    const listing = await source.list(config(more), { force: true, cacheMs: 0, signal: untouched() })
    return listing.releases
  }
  const found = async (version: string) => {
    const release = (await list()).find((one) => one.version === version)
    if (release === undefined) throw new Error(`${version} is not listed`)
    return release
  }
  const pin = async (version: string) => source.pin?.(config(), await found(version), untouched())
  return { repository, server, door, dir, http, source, config, list, found, pin }
}

test('when a repository is listed, then every release is proven, and says by whom', async () => {
  const { list, server } = await scene()
  expect(await list()).toMatchObject([
    { version: '1.0.0' },
    {
      version: '1.1.0',
      tag: '1.1.0',
      notes: 'What is new in 1.1.0',
      publishedAt: '2026-12-01T10:00:00Z',
      artifact: {
        name: 'app-1.1.0-linux-x64.tar.zst',
        bytes: 3,
        digest: expect.stringMatching(/^sha256:/),
        url: expect.stringMatching(
          `^${server.url}/targets/app/stable/[0-9a-f]{64}\\.app-1\\.1\\.0-linux-x64\\.tar\\.zst$`,
        ),
      },
      proof: { rung: 'tuf', by: 'app-stable.json' },
    },
  ])
})

test('when a proven release is demanded on the rung tuf, then that is what is reached, and the file downloads', async () => {
  const { found, source, config, dir, http } = await scene()
  const release = await found('1.1.0')
  const { artifact } = release
  if (artifact === null) throw new Error('no artifact')
  expect(verifyDemand({ release, artifact, required: 'tuf', stated: null, proofs: noProofs })).toMatchObject({
    rung: 'tuf',
    statedBy: 'app-stable.json',
    digest: artifact.digest,
  })
  const got = await downloadTo({
    open: (offset, signal) => source.open(config(), artifact, offset, signal),
    path: join(dir, 'app.tar.zst'),
    digest: artifact.digest,
    bytesMax: 100,
    expectedBytes: artifact.bytes,
    signal: untouched(),
    onBytes: () => {},
    clock: http.clock,
  })
  expect(got.bytes).toBe(3)
})

test('A7-1: when the bytes on the server are others than those that were signed, then they are thrown away', async () => {
  const { found, source, config, dir, http, repository } = await scene()
  const { artifact } = await found('1.1.0')
  if (artifact === null) throw new Error('no artifact')
  for (const name of repository.artifacts.keys()) repository.artifacts.set(name, Buffer.from('bad'))
  const failed = downloadTo({
    open: (offset, signal) => source.open(config(), artifact, offset, signal),
    path: join(dir, 'app.tar.zst'),
    digest: artifact.digest,
    statedBy: 'app-stable.json',
    bytesMax: 100,
    expectedBytes: artifact.bytes,
    signal: untouched(),
    onBytes: () => {},
    clock: http.clock,
  })
  await expect(failed).rejects.toMatchObject({ problem: { code: 'E_CHECKSUM_MISMATCH' } })
})

test('when nothing is new, then a check makes two requests and writes nothing', async () => {
  const { list, server } = await scene()
  await list()
  const before = server.seen.length
  await list()
  expect(server.seen.slice(before).map(({ path }) => path)).toStrictEqual([
    '/metadata/2.root.json',
    '/metadata/timestamp.json',
  ])
})

test('A7-14: when the metadata has expired, then the check says so, and a later one is well again', async () => {
  const { list, http, repository } = await scene()
  await list()
  http.clock.set(nowMs + 4 * 24 * 3_600_000)
  await expect(list()).rejects.toMatchObject({
    problem: { code: 'E_METADATA_EXPIRED', hint: expect.stringContaining('keeps running'), retryable: true },
  })
  repository.bodies.timestamp.expires = '2027-02-01T00:00:00Z'
  repository.publish()
  expect(await list()).toHaveLength(2)
})

test('A7-37: when the publisher raises the floor, then an older release is refused, also once that is hidden again', async () => {
  const { repository, pin, list } = await scene()
  expect(await pin('1.0.0')).toMatchObject({ version: '1.0.0' })
  repository.addArtifact('app-stable', nameOf('1.2.0'), 'three', fields('1.2.0', 3, { floor: 2 }))
  repository.publish()
  const refusal = {
    problem: {
      code: 'E_RELEASE_FLOORED',
      message: 'release 1.0.0 has the number 1, and the publisher allows none below 2',
    },
  }
  await expect(pin('1.0.0')).rejects.toMatchObject(refusal)
  // Within the floor a way back stays open.
  expect(await pin('1.1.0')).toMatchObject({ version: '1.1.0' })
  const body = repository.targetsOf('app-stable')
  body.targets = Object.fromEntries(Object.entries(body.targets).filter(([name]) => name !== nameOf('1.2.0')))
  repository.publish()
  expect(await list()).toHaveLength(2)
  await expect(pin('1.0.0')).rejects.toMatchObject(refusal)
})

test.each([
  ['another product', { product: 'other' }, 'is signed as other, channel stable'],
  ['another channel', { channel: 'nightly' }, 'is signed as app, channel nightly'],
  ['no number', { seq: null }, 'without a usable seq'],
  ['a number that another has', { seq: 2 }, 'has the release number 2, and so has 1.1.0'],
  ['a version that is a path', { version: 'a b' }, 'without a usable version'],
])('A7-42: when a file is signed for %s, then nothing is offered', async (_, change, words) => {
  const { repository, list } = await scene()
  repository.addArtifact('app-stable', nameOf('2.0.0'), 'x', { ...fields('2.0.0', 3), ...change })
  repository.publish()
  await expect(list()).rejects.toMatchObject({
    problem: { code: 'E_METADATA_INVALID', message: expect.stringContaining(words) },
  })
})

test('A7-42: when a file is for another platform, then it is not offered here', async () => {
  const { repository, list } = await scene()
  const more = { platform: 'linux-arm64' }
  repository.addArtifact('app-stable', nameOf('2.0.0', 'linux-arm64'), 'x', fields('2.0.0', 3, more))
  repository.publish()
  expect((await list()).find(({ version }) => version === '2.0.0')).toMatchObject({ artifact: null, assets: [] })
})

test('A7-41: when the key of nightly signs into stable, then that is not seen', async () => {
  const { repository, list } = await scene()
  const role = roleOf([newKey()])
  repository.delegate({ name: 'nightly', by: 'targets', role, paths: ['*/nightly/*'] })
  repository.addArtifact('nightly', nameOf('9.9.9'), 'x', fields('9.9.9', 99))
  repository.publish()
  expect((await list()).map(({ version }) => version)).toStrictEqual(['1.0.0', '1.1.0'])
})

test('when a release needs a later belay, then that is said before anything is fetched', async () => {
  const { repository, pin } = await scene()
  repository.addArtifact('app-stable', nameOf('2.0.0'), 'x', fields('2.0.0', 3, { min_agent: '1.1.0' }))
  repository.publish()
  await expect(pin('2.0.0')).rejects.toMatchObject({
    problem: { message: 'release 2.0.0 needs belay 1.1.0 or later, and this is 1.0.0' },
  })
})

test('when the pinned root is not there, then the config is at fault', async () => {
  const { list } = await scene()
  await expect(list({ root: '/nowhere/root.json' })).rejects.toMatchObject({
    problem: { code: 'E_CONFIG_INVALID', message: expect.stringContaining('/nowhere/root.json') },
  })
})

test('when the pinned root is that of somebody else, then nothing is believed', async () => {
  const { list, dir } = await scene()
  const other = new TestRepository(nowMs)
  await writeFile(join(dir, 'other.json'), other.files.get('1.root.json') ?? '')
  await expect(list({ root: join(dir, 'other.json') })).rejects.toMatchObject({
    problem: { code: 'E_METADATA_UNSIGNED' },
  })
})

describe('when another root is pinned', () => {
  /** The publisher begins anew, after two roots, and hands out the new first one by another way. */
  async function begunAnew(version: number) {
    const all = await scene()
    const { repository, dir, list } = all
    const stolen = repository.roles.root.keys
    repository.nextRoot()
    await list()
    repository.files.delete('2.root.json')
    repository.roles.root = roleOf([newKey()])
    repository.bodies.root.version = version
    await writeFile(join(dir, 'root.json'), repository.publishRoot())
    const trustDir = join(dir, 'trust', (await readdir(join(dir, 'trust')))[0] ?? '')
    return { ...all, stolen, trustDir }
  }

  test.each([1, 2, 3])('then a version of %d is no step back, and the old keys sign no next one', async (version) => {
    const { list, repository, stolen, trustDir } = await begunAnew(version)
    expect(await list()).toHaveLength(2)
    repository.bodies.root.version++
    repository.publishRoot(stolen)
    await expect(list()).rejects.toMatchObject({ problem: { code: 'E_METADATA_UNSIGNED' } })
    // Nor when only the copy of the old one is left to read.
    await truncate(join(trustDir, 'root.json'), 9)
    await expect(list()).rejects.toMatchObject({ problem: { code: 'E_METADATA_UNSIGNED' } })
    repository.publishRoot()
    expect(await list()).toHaveLength(2)
  })

  test('then what the other roles have shown stays known, as long as their keys are the same', async () => {
    const { list, repository } = await begunAnew(1)
    repository.bodies.timestamp.version = 0
    repository.publish()
    await expect(list()).rejects.toMatchObject({ problem: { code: 'E_METADATA_ROLLBACK' } })
  })
})

test('when two components of one repository are checked at once, then both are', async () => {
  const { list } = await scene()
  expect(await Promise.all([list(), list(), list()])).toMatchObject([{ length: 2 }, { length: 2 }, { length: 2 }])
})
