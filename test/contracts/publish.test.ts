import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Updater } from 'tuf-js'
import { profiles } from '../../src/core/publish/profile.ts'
import { openBelay } from '../../src/main/open.ts'
import { listTree } from '../../src/host/tree/hash.ts'
import { client } from './publish.client.ts'
import { dayMs, hosted, never, plain, workshop, type Workshop } from './publish.world.ts'

/** Repositories that the publisher's tools make, read by tuf-js and installed from by Belay itself. */

async function oracle({ dir }: Workshop) {
  const server = await hosted(join(dir, 'repo'))
  const metadataDir = join(dir, '..', 'oracle')
  await mkdir(join(metadataDir, 'targets'), { recursive: true })
  await writeFile(join(metadataDir, 'root.json'), await readFile(join(dir, 'repo/metadata/1.root.json')))
  return async (path: string): Promise<string | null> => {
    const updater = new Updater({
      metadataDir,
      metadataBaseUrl: `${server.url}/metadata`,
      targetDir: join(metadataDir, 'targets'),
      targetBaseUrl: `${server.url}/targets`,
    })
    await updater.refresh()
    const target = await updater.getTargetInfo(path)
    return target === undefined ? null : await updater.downloadTarget(target, join(metadataDir, 'targets/file'))
  }
}

const fileOf = (version: string) => `app/stable/app-${version}.tar.zst`

test.each(profiles)(
  'when a release of the profile %s was built, signed and published, then tuf-js downloads it',
  async (profile) => {
    const shop = await workshop({ profile })
    const download = await oracle(shop)
    expect(await download(fileOf('1.0.0'))).toBeNull()
    await shop.release('1.0.0')
    expect(await download(fileOf('1.0.0'))).toBeNull()
    expect(await shop.publisher.publish(null)).toMatchObject({ roles: { 'app-stable': 2, snapshot: 2, timestamp: 2 } })
    const got = await readFile((await download(fileOf('1.0.0'))) ?? '')
    expect(got).toStrictEqual(await readFile(join(shop.dir, 'builds/stable/1.0.0/app-1.0.0.tar.zst')))
  },
)

test.each([['root'], ['targets'], ['snapshot'], ['timestamp'], ['stable']])(
  'when the keys of %s are rotated, then tuf-js follows, and downloads what comes next',
  async (role) => {
    const shop = await workshop()
    const download = await oracle(shop)
    await shop.release('1.0.0')
    await shop.publisher.publish(null)
    expect(await download(fileOf('1.0.0'))).not.toBeNull()
    const { pending } = await shop.publisher.rotate({ role, replace: [] })
    expect(pending.map(({ needs }) => needs)).toStrictEqual(pending.map(() => 0))
    await shop.publisher.publish(null)
    expect(await download(fileOf('1.0.0'))).not.toBeNull()
    await shop.release('1.1.0')
    await shop.publisher.publish(null)
    expect(await download(fileOf('1.1.0'))).not.toBeNull()
    expect(await shop.publisher.verify(null, null, never())).toMatchObject({ releases: [{ version: '1.1.0' }, {}] })
  },
)

test('when a key was lost for good, then no later key is given its name', async () => {
  const shop = await workshop()
  await rm(join(shop.dir, 'keys/root-1.key'))
  await shop.publisher.rotate({ role: 'root', replace: ['root-1'] })
  await shop.publisher.publish(null)
  await shop.publisher.rotate({ role: 'root', replace: ['root-2'] })
  expect(await readdir(join(shop.dir, 'keys'))).toContain('root-4.key')
})

test('when the file of a key was cut short, then it is named, and a role that refresh renews is sent there', async () => {
  const shop = await workshop()
  const path = join(shop.dir, 'keys/timestamp-1.key')
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, 100))
  await expect(shop.publisher.refresh(null)).rejects.toMatchObject({
    problem: { code: 'E_KEY_MISSING', message: expect.stringContaining('timestamp-1.key') },
  })
  await expect(shop.publisher.sign({ ...plain, renew: ['timestamp'] })).rejects.toMatchObject({
    problem: { hint: expect.stringContaining('belay release refresh') },
  })
})

test('when time passes, then refresh keeps the repository alive, and tuf-js takes what it wrote', async () => {
  const shop = await workshop()
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  shop.clock.now += 2 * dayMs
  expect(await shop.publisher.refresh(null)).toMatchObject({ roles: { timestamp: 3 } })
  shop.clock.now += 2 * dayMs
  expect(await shop.publisher.refresh(null)).toMatchObject({ roles: { timestamp: 4, snapshot: 3 } })
  const download = await oracle(shop)
  expect(await download(fileOf('1.0.0'))).not.toBeNull()
})

test('when a host follows the repository, then it installs each release, and refuses one below the floor', async () => {
  const shop = await workshop()
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  const server = await hosted(join(shop.dir, 'repo'))
  const host = join(shop.dir, '../host')
  await mkdir(host)
  const config = {
    version: 1,
    agent: { allow_http: ['127.0.0.1'] },
    components: {
      app: {
        source: { type: 'belay', url: server.url, root: join(shop.dir, 'root.json'), product: 'app' },
        strategy: { type: 'directory', path: join(host, 'app'), layout: 'slots' },
        version: { file: 'VERSION', scheme: 'semver' },
        checks: { before: [], after: [{ type: 'version_check' }] },
        trust: { require: 'tuf' },
      },
    },
  }
  await writeFile(join(host, 'belay.yaml'), JSON.stringify(config))
  const belay = await openBelay({ config: join(host, 'belay.yaml'), state: join(host, 'state') })
  onTestFinished(() => belay.close())
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  await shop.release('1.1.0')
  await shop.publisher.rotate({ role: 'timestamp', replace: [] })
  await shop.publisher.publish(null)
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  await shop.publisher.sign({ ...plain, floor: 2 })
  await shop.publisher.publish(null)
  await expect(belay.update('app', { to: '1.0.0' })).rejects.toMatchObject({ problem: { code: 'E_RELEASE_FLOORED' } })
  expect(await readFile(join(host, 'app/current/VERSION'), 'utf8')).toBe('1.1.0')
})

test('when the config names another channel, then signing for it makes its role, and hosts of the first see nothing of it', async () => {
  const shop = await workshop()
  const config = join(shop.dir, 'belay-release.yaml')
  await writeFile(config, (await readFile(config, 'utf8')).replace('[stable]', '[stable, nightly]'))
  await shop.release('1.0.0')
  await shop.release('2.0.0-n1', { channel: 'nightly' })
  await shop.publisher.publish(null)
  const download = await oracle(shop)
  expect(await download(fileOf('1.0.0'))).not.toBeNull()
  expect(await download('app/nightly/app-2.0.0-n1.tar.zst')).not.toBeNull()
  expect(await (await client(shop)).versions()).toStrictEqual(['1.0.0'])
  await shop.publisher.rotate({ role: 'nightly', replace: [] })
  expect(await shop.publisher.publish(null)).toMatchObject({ roles: { 'app-nightly': 2, targets: 3 } })
  expect(await readdir(join(shop.dir, 'keys'))).toContain('nightly-2.key')
})

test('when umask keeps others out, then what is published can be served all the same', async () => {
  const shop = await workshop()
  const www = join(shop.dir, '../www')
  const before = process.umask(0o077)
  try {
    await shop.release('1.0.0')
    await shop.publisher.publish(www)
  } finally {
    process.umask(before)
  }
  const modes = await listTree(www)
  expect(modes.length).toBeGreaterThan(8)
  for (const { kind, mode } of modes) expect(mode).toBe(kind === 'folder' ? 0o755 : 0o644)
})

test.each([
  ['notes that are a book', { notes: 'x'.repeat(5000) }],
  ['a version of belay that is none', { minAgent: 'newest' }],
  ['a role that is not there', { renew: ['app-beta'] }],
  ['a role that refresh renews', { renew: ['timestamp'] }],
  ['a channel that is not there', { channel: 'beta' }],
  ['a version that was not built', { version: '9.9.9' }],
  ['a floor above all releases', { floor: 7 }],
])('when a release is signed with %s, then nothing is', async (_, wrong) => {
  const shop = await workshop()
  await expect(shop.publisher.sign({ ...plain, ...wrong })).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/E_USAGE|E_NOT_FOUND/), hint: expect.any(String) },
  })
  expect(await readdir(join(shop.dir, 'pending')).catch(() => [])).toStrictEqual([])
})

test('when an address is verified, then it is asked as a host would, and a swapped file is found', async () => {
  const shop = await workshop()
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  const server = await hosted(join(shop.dir, 'repo'))
  const verify = (root: string | null = null) => shop.publisher.verify(server.url, root, never())
  expect(await verify()).toMatchObject({ root: 1, timestamp: 2, releases: [{ version: '1.0.0', read: true }] })
  const folder = join(shop.dir, 'repo/targets/app/stable')
  const [name = ''] = await readdir(folder)
  const size = (await readFile(join(folder, name))).length
  await writeFile(join(folder, name), 'x'.repeat(size))
  await expect(verify()).rejects.toMatchObject({ problem: { code: 'E_METADATA_MISMATCH' } })
  await expect(shop.publisher.verify(null, null, never())).rejects.toMatchObject({
    problem: { code: 'E_CHECKSUM_MISMATCH' },
  })
  const stranger = await workshop()
  await expect(verify(join(stranger.dir, 'root.json'))).rejects.toMatchObject({
    problem: { code: 'E_METADATA_UNSIGNED' },
  })
})

test('when a folder has begun, then init leaves it alone', async () => {
  const shop = await workshop()
  const again = { product: 'app', profile: 'solo', channels: ['stable'], url: null } as const
  const before = await readFile(join(shop.dir, 'root.json'))
  await expect(shop.publisher.init(again)).rejects.toMatchObject({ problem: { code: 'E_USAGE' } })
  expect(await readFile(join(shop.dir, 'root.json'))).toStrictEqual(before)
})

test('when one channel has run out, then the timestamp is refreshed for the others, and verify says which', async () => {
  const shop = await workshop({ channels: ['stable', 'nightly'] })
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  shop.clock.now += 20 * dayMs
  await shop.publisher.refresh(null)
  expect(await (await client(shop)).versions()).toStrictEqual(['1.0.0'])
  expect(await shop.publisher.verify(null, null, never())).toMatchObject({
    expired: ['app-nightly'],
    releases: [{ version: '1.0.0' }],
  })
  await shop.publisher.sign({ ...plain, renew: ['nightly'] })
  shop.clock.now += 20 * dayMs
  await expect(shop.publisher.publish(null)).rejects.toMatchObject({ problem: { code: 'E_METADATA_EXPIRED' } })
  await shop.publisher.sign({ ...plain, renew: ['nightly'] })
  await shop.publisher.publish(null)
  expect(await shop.publisher.verify(null, null, never())).toMatchObject({ expired: [] })
})
