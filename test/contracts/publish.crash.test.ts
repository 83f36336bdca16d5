import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { client } from './publish.client.ts'
import { never, passphrase, plain, unheard, workshop, type Workshop } from './publish.world.ts'

/** Publishing is stopped behind each of its writes, as a power cut would, and clients look at what there is then. */

/** What is published, and how many releases there are then. */
const cases: readonly (readonly [string, number, (shop: Workshop) => Promise<unknown>])[] = [
  ['a release', 2, (shop) => shop.release('1.1.0')],
  ['a new timestamp key', 1, (shop) => shop.publisher.rotate({ role: 'timestamp', replace: [] })],
  ['a new snapshot key', 1, (shop) => shop.publisher.rotate({ role: 'snapshot', replace: [] })],
  ['new targets keys', 1, (shop) => shop.publisher.rotate({ role: 'targets', replace: [] })],
  ['new keys of the channel', 1, (shop) => shop.publisher.rotate({ role: 'stable', replace: [] })],
  ['new root keys', 1, (shop) => shop.publisher.rotate({ role: 'root', replace: [] })],
  [
    'all of it at once',
    2,
    async (shop) => {
      await shop.release('1.1.0')
      for (const role of ['root', 'targets', 'snapshot', 'timestamp']) {
        await shop.publisher.rotate({ role, replace: [] })
      }
    },
  ],
]

class PowerCut extends Error {}

/** On a copy of the folder, stopped behind the given write; null: it ended before. */
async function cutBehind(shop: Workshop, count: number, www: string | null = null) {
  const dir = join(shop.dir, `../copy-${count}`)
  await cp(shop.dir, dir, { recursive: true })
  const to = www === null ? null : `${www}-${count}`
  if (www !== null && to !== null) await cp(www, to, { recursive: true })
  const known = await client(shop, to ?? join(dir, 'repo'))
  expect(await known.versions()).toStrictEqual(['1.0.0'])
  let writes = 0
  const wrote = () => {
    if (++writes === count) throw new PowerCut('the power is gone')
  }
  try {
    await shop.open({ dir, wrote }).publish(to)
    return null
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error
    const anew = () => client(shop, to ?? join(dir, 'repo'))
    return { known, anew, again: () => shop.open({ dir }).publish(to) }
  }
}

test.each(cases)(
  'when publishing %s is cut off behind any write, then every client goes on',
  async (_, releases, prepare) => {
    const shop = await workshop()
    await shop.release('1.0.0')
    await shop.publisher.publish(null)
    await prepare(shop)
    for (let count = 1; ; count++) {
      const cut = await cutBehind(shop, count)
      if (cut === null) {
        expect(count).toBeGreaterThan(2)
        break
      }
      for (const one of [cut.known, await cut.anew()]) expect(await one.versions()).toContain('1.0.0')
      await cut.again()
      for (const one of [cut.known, await cut.anew()]) expect(await one.versions()).toHaveLength(releases)
    }
  },
)

test('when bringing it to the server’s folder is cut off behind any write, then clients of that folder go on', async () => {
  const shop = await workshop()
  const www = join(shop.dir, '../www')
  await shop.release('1.0.0')
  await shop.publisher.publish(www)
  await shop.release('1.1.0')
  await shop.publisher.rotate({ role: 'timestamp', replace: [] })
  await shop.publisher.publish(null)
  for (let count = 1; ; count++) {
    const cut = await cutBehind(shop, count, www)
    if (cut === null) break
    for (const one of [cut.known, await cut.anew()]) expect(await one.versions()).toContain('1.0.0')
    await cut.again()
    for (const one of [cut.known, await cut.anew()]) expect(await one.versions()).toStrictEqual(['1.0.0', '1.1.0'])
  }
})

test('when the old key is lost and publishing the new one is cut off, then the next publish heals it', async () => {
  const shop = await workshop()
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  await rm(join(shop.dir, 'keys/timestamp-1.key'))
  await shop.publisher.rotate({ role: 'timestamp', replace: [] })
  for (let count = 1; ; count++) {
    const cut = await cutBehind(shop, count)
    if (cut === null) break
    await cut.again()
    for (const one of [cut.known, await cut.anew()]) expect(await one.versions()).toStrictEqual(['1.0.0'])
  }
})

test('when the process is killed while it publishes, then it publishes to the end when started again', async () => {
  const shop = await workshop()
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  await shop.release('1.1.0')
  const child = fork(join(import.meta.dirname, 'publish.killed.ts'), [shop.dir, passphrase])
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
  expect(await (await client(shop)).versions()).toStrictEqual(['1.0.0'])
  await shop.publisher.publish(null)
  expect(await (await client(shop)).versions()).toStrictEqual(['1.0.0', '1.1.0'])
})

test('A7-48: when a release is run again after a crash, then the same bytes are taken and other bytes refused', async () => {
  const shop = await workshop()
  await shop.release('1.0.0')
  let writes = 0
  const wrote = () => {
    if (++writes === 2) throw new PowerCut('the power is gone')
  }
  await expect(shop.open({ wrote }).publish(null)).rejects.toThrow(PowerCut)
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  const before = await readFile(join(shop.dir, 'repo/metadata/timestamp.json'))
  const tree = await shop.tree({ VERSION: 'another 1.0.0' })
  const job = { tree, version: '1.0.0', channel: 'stable', platform: null, epochSeconds: 0, progress: unheard }
  await expect(shop.publisher.build(job, never())).rejects.toMatchObject({ problem: { code: 'E_RELEASE_EXISTS' } })
  await expect(shop.publisher.sign({ ...plain, version: '1.0.0' })).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/E_RELEASE_EXISTS|E_CHECKSUM_MISMATCH/) },
  })
  expect(await readFile(join(shop.dir, 'repo/metadata/timestamp.json'))).toStrictEqual(before)
  expect(await (await client(shop)).versions()).toStrictEqual(['1.0.0'])
})

test('A7-48: when a copy of the folder publishes another release under numbers that are taken, then it is refused', async () => {
  const shop = await workshop()
  const www = join(shop.dir, '../www')
  await shop.publisher.publish(www)
  const copy = join(shop.dir, '../copy')
  await cp(shop.dir, copy, { recursive: true })
  await shop.release('1.0.0')
  await shop.publisher.publish(www)
  const served = await readFile(join(www, 'metadata/timestamp.json'))
  const other = shop.open({ dir: copy })
  const job = { tree: await shop.tree({ VERSION: 'other' }), version: '1.0.0', channel: 'stable', platform: null }
  await other.build({ ...job, epochSeconds: 0, progress: unheard }, never())
  await other.sign({ ...plain, version: '1.0.0' })
  await expect(other.publish(www)).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/CONFLICT|EXISTS/) },
  })
  await other.refresh(null)
  await expect(other.publish(www)).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/CONFLICT|EXISTS/) },
  })
  expect(await readFile(join(www, 'metadata/timestamp.json'))).toStrictEqual(served)
  expect(await (await client(shop, www)).versions()).toStrictEqual(['1.0.0'])
})

test('A7-48: when two copies of the folder each publish a release of their own, then the second is refused', async () => {
  const shop = await workshop()
  const www = join(shop.dir, '../www')
  await shop.publisher.publish(www)
  const copy = join(shop.dir, '../copy')
  await cp(shop.dir, copy, { recursive: true })
  await shop.release('1.0.0')
  await shop.publisher.publish(www)
  const other = shop.open({ dir: copy })
  const job = { tree: await shop.tree({ VERSION: '2.0.0' }), version: '2.0.0', channel: 'stable', platform: null }
  await other.build({ ...job, epochSeconds: 0, progress: unheard }, never())
  await other.sign({ ...plain, version: '2.0.0' })
  await other.publish(null)
  const conflict = { problem: { code: 'E_CONFLICT', hint: expect.stringContaining('Nothing was published') } }
  // Of the same age, and when it is ahead.
  await expect(other.publish(www)).rejects.toMatchObject(conflict)
  await other.refresh(null)
  await expect(other.publish(www)).rejects.toMatchObject(conflict)
  expect(await (await client(shop, www)).versions()).toStrictEqual(['1.0.0'])
})

test('when the folder was restored from an old copy, then nothing older is published over what is served', async () => {
  const shop = await workshop()
  const www = join(shop.dir, '../www')
  const old = join(shop.dir, '../old')
  await cp(shop.dir, old, { recursive: true })
  await shop.publisher.refresh(www)
  await shop.publisher.refresh(www)
  await expect(shop.open({ dir: old }).refresh(www)).rejects.toMatchObject({
    problem: { code: 'E_CONFLICT', message: expect.stringContaining('version 3 already') },
  })
})

test('when a copy that missed a release signs timestamps until it is ahead, then the release stays served', async () => {
  const shop = await workshop()
  const www = join(shop.dir, '../www')
  await shop.publisher.publish(www)
  const copy = join(shop.dir, '../copy')
  await cp(shop.dir, copy, { recursive: true })
  await shop.release('1.0.0')
  await shop.publisher.publish(www)
  const other = shop.open({ dir: copy })
  for (let times = 0; times < 3; times++) await other.refresh(null)
  await expect(other.refresh(www)).rejects.toMatchObject({
    problem: { code: 'E_CONFLICT', message: expect.stringContaining('snapshot version 2 already') },
  })
  expect(await (await client(shop, www)).versions()).toStrictEqual(['1.0.0'])
})

test('when the served folder refuses what is published, then nothing was published in the own one either', async () => {
  const shop = await workshop()
  const www = join(shop.dir, '../www')
  await shop.publisher.publish(www)
  const copy = join(shop.dir, '../copy')
  await cp(shop.dir, copy, { recursive: true })
  await shop.release('1.0.0')
  await shop.publisher.publish(www)
  const own = () => readFile(join(copy, 'repo/metadata/timestamp.json'))
  const before = await own()
  const other = shop.open({ dir: copy })
  await expect(other.refresh(www)).rejects.toMatchObject({ problem: { code: 'E_CONFLICT' } })
  const job = { tree: await shop.tree({ VERSION: 'other' }), version: '1.0.0', channel: 'stable', platform: null }
  await other.build({ ...job, epochSeconds: 0, progress: unheard }, never())
  await other.sign({ ...plain, version: '1.0.0' })
  await expect(other.publish(www)).rejects.toMatchObject({ problem: { code: 'E_RELEASE_EXISTS' } })
  expect(await own()).toStrictEqual(before)
})

test('when a key is lost, then the role gets a new one, and hosts follow', async () => {
  const shop = await workshop()
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  const known = await client(shop)
  await known.versions()
  for (const name of ['timestamp-1', 'root-1']) await rm(join(shop.dir, 'keys', `${name}.key`))
  await expect(shop.publisher.refresh(null)).rejects.toMatchObject({
    problem: { code: 'E_KEY_MISSING', hint: expect.stringContaining('belay release rotate timestamp') },
  })
  await shop.publisher.rotate({ role: 'timestamp', replace: [] })
  await shop.publisher.rotate({ role: 'root', replace: ['root-1'] })
  await shop.publisher.publish(null)
  expect(await known.versions()).toStrictEqual(['1.0.0'])
  expect(JSON.parse(await readFile(join(shop.dir, 'root.json'), 'utf8')).signed.version).toBe(2)
})

test('when another one has made its mark and not yet its number, then that is waited for', async () => {
  const shop = await workshop()
  const lock = join(shop.dir, '.belay-release.lock')
  await writeFile(lock, '')
  const refused = shop.publisher.refresh(null).catch((error: unknown) => error)
  for (let i = 0; i < 100; i++) await readFile(lock)
  await writeFile(lock, `${process.pid}\n`)
  expect(await refused).toMatchObject({ problem: { code: 'E_LOCKED' } })
})

test('when another one works in the folder, then it is left alone, and the mark of a dead one is not heeded', async () => {
  const shop = await workshop()
  const lock = join(shop.dir, '.belay-release.lock')
  await writeFile(lock, `${process.pid}\n`)
  await expect(shop.publisher.refresh(null)).rejects.toMatchObject({ problem: { code: 'E_LOCKED' } })
  await writeFile(lock, '4194999\n')
  expect(await shop.publisher.refresh(null)).toMatchObject({ roles: { timestamp: 2 } })
})
