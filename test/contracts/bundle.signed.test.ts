import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { blockBytes, tarHeader } from '../../src/host/bundle/tar-header.ts'
import { makeBundle } from '../../src/main/release-bundle.ts'
import { host, relisted, signedScene } from './bundle.scene.ts'
import { newKey, roleOf, type TestRepository } from './tuf.repository.ts'

const run = promisify(execFile)
const dayMs = 24 * 3_600_000

function clockAt(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: ms })
  onTestFinished(() => void vi.useRealTimers())
}

/** As `release publish` leaves it for a static host. */
async function written(repository: TestRepository, dir: string): Promise<string> {
  const put = async (path: string, bytes: Buffer) => {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), bytes)
  }
  for (const [name, bytes] of repository.files) await put(`metadata/${name}`, bytes)
  for (const [name, bytes] of repository.artifacts) await put(`targets/${name}`, bytes)
  return dir
}

test('when a bundle of a signed release is carried to a host without a network, then it is installed, proven by TUF', async () => {
  const { release, bundle, belay, running, cut, dir } = await signedScene()
  await release('1.1.0', 2)
  expect(await bundle('app.bundle')).toMatchObject({ version: '1.1.0' })
  cut()
  const from = join(dir, 'app.bundle')
  const { plan } = (await belay.plan('app', { from })) as { plan: { about: object } }
  expect(plan.about).toMatchObject({ rung: 'tuf', source: expect.stringContaining(from) })
  expect(await belay.update('app', { from })).toMatchObject({ outcome: 'committed', from: '1.0.0', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
  expect(await belay.rollback('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  expect(await running()).toBe('1.0.0')
})

test('when a bundle is made from the publisher’s own folder, then a host that knows the repository by its address takes it', async () => {
  const { release, repository, belay, running, cut, dir } = await signedScene()
  await release('1.1.0', 2)
  const repo = await written(repository, join(dir, 'published'))
  const signal = new AbortController().signal
  const from = join(dir, 'app.bundle')
  const of = { repo, product: null, channel: 'stable' }
  const settings = () => Promise.reject(new Error('no config is needed'))
  const request = { of, version: null, platforms: ['linux-x64', 'linux-arm64'], out: from, told: () => {}, signal }
  expect(await makeBundle(request, { settings, env: {} })).toMatchObject({
    version: '1.1.0',
    platforms: request.platforms,
  })
  cut()
  expect(await belay.update('app', { from })).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
})

test('when the same release is bundled twice, then the bytes are the same, and tar lists and unpacks them', async () => {
  const { bundle, dir } = await signedScene()
  await bundle('a.bundle')
  await bundle('b.bundle')
  expect((await readFile(join(dir, 'a.bundle'))).equals(await readFile(join(dir, 'b.bundle')))).toBe(true)
  const { stdout } = await run('tar', ['tf', join(dir, 'a.bundle')])
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining(['bundle.json', 'metadata/1.root.json', 'metadata/timestamp.json']),
  )
  await mkdir(join(dir, 'out'))
  await run('tar', ['xf', join(dir, 'a.bundle'), '-C', join(dir, 'out')])
  expect(await readFile(join(dir, 'out/metadata/1.root.json'), 'utf8')).toBe(
    await readFile(join(dir, 'root.json'), 'utf8'),
  )
  await expect(bundle('a.bundle')).rejects.toMatchObject({ problem: { code: 'E_USAGE' } })
})

test('when the host pinned an older root than the one who made the bundle, then every root between is in it', async () => {
  const { repository, release, dir, source, cut, belay, running } = await signedScene()
  for (const key of [newKey(), newKey()]) {
    const before = repository.roles.root.signers
    repository.roles.root = roleOf([key])
    repository.nextRoot(before)
  }
  await writeFile(join(dir, 'newest.json'), repository.files.get('3.root.json') ?? '')
  await release('1.1.0', 2)
  const maker = await host(dir, { ...source, root: 'newest.json' }, { require: 'tuf' }, 'maker')
  await maker.bundle('app.bundle')
  cut()
  expect(await belay.update('app', { from: join(dir, 'app.bundle') })).toMatchObject({ outcome: 'committed' })
  expect(await running()).toBe('1.1.0')
})

test('A7-9: when a bundle is older than what was seen on the network since, then it is refused, and the old version runs', async () => {
  const { release, bundle, belay, running, dir } = await signedScene()
  await release('1.1.0', 2)
  await bundle('old.bundle')
  await release('1.2.0', 3)
  await belay.check({ force: true })
  await expect(belay.update('app', { from: join(dir, 'old.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_METADATA_ROLLBACK' },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-14: when the metadata in a bundle has expired, then it is refused, and the old version runs', async () => {
  const { release, bundle, belay, running, dir, nowMs } = await signedScene()
  await release('1.1.0', 2)
  await bundle('app.bundle')
  clockAt(nowMs + 4 * dayMs)
  await expect(belay.update('app', { from: join(dir, 'app.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_METADATA_EXPIRED', hint: expect.stringContaining('keeps running') },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-37: when a bundle of a release below the floor is asked for, then none is made', async () => {
  const { release, bundle, dir } = await signedScene()
  await release('1.1.0', 2)
  await release('1.2.0', 3, { floor: 3 })
  const made = bundle('low.bundle', { version: '1.1.0' })
  await expect(made).rejects.toMatchObject({ problem: { code: 'E_RELEASE_FLOORED' } })
  expect((await readdir(dir)).filter((name) => name.includes('bundle'))).toStrictEqual([])
})

test('A7-42: when the bundle of a signed component says that it is of GitHub, then nothing in it counts', async () => {
  const { release, bundle, belay, running, dir } = await signedScene()
  await release('1.1.0', 2)
  await bundle('app.bundle')
  const source = { type: 'github', describe: 'github acme/app' }
  const evil = relisted(await readFile(join(dir, 'app.bundle')), (list) => ({ ...list, source }))
  await writeFile(join(dir, 'evil.bundle'), evil)
  await expect(belay.update('app', { from: join(dir, 'evil.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_BUNDLE_FOREIGN' },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-42: when a bundle is of another product, then it says of which, and the old version runs', async () => {
  const { repository, source, belay, running, dir } = await signedScene()
  const role = roleOf([newKey()])
  repository.delegate({ name: 'tool-stable', by: 'targets', role, paths: ['tool/stable/*'], terminating: true })
  const fields = { product: 'tool', channel: 'stable', version: '3.0.0', seq: 1 }
  repository.addArtifact('tool-stable', 'tool/stable/tool-3.0.0.tar.gz', 'other', fields)
  repository.publish()
  const maker = await host(dir, { ...source, product: 'tool' }, { require: 'tuf' }, 'tool')
  await maker.bundle('tool.bundle')
  await expect(belay.update('app', { from: join(dir, 'tool.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_BUNDLE_FOREIGN', message: expect.stringContaining('tool (stable)') },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-42: when a bundle is of a product of another repository, then it says of which, and the old version runs', async () => {
  const { belay, running, dir } = await signedScene()
  const other = await signedScene()
  await other.release('1.1.0', 2)
  await other.bundle('app.bundle')
  const evil = relisted(await readFile(join(other.dir, 'app.bundle')), (list) => ({
    ...list,
    source: { ...list.source, describe: 'belay https://repository.invalid tool (stable)' },
  }))
  await writeFile(join(dir, 'tool.bundle'), evil)
  await expect(belay.update('app', { from: join(dir, 'tool.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_BUNDLE_FOREIGN', message: expect.stringContaining('tool (stable)') },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-42: when a bundle is for another platform, then it says for which, and the old version runs', async () => {
  const { release, bundle, belay, running, dir } = await signedScene()
  await release('1.1.0', 2, { platform: 'linux-riscv64' })
  await bundle('app.bundle', { platforms: ['linux-riscv64'] })
  await expect(belay.update('app', { from: join(dir, 'app.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_BUNDLE_FOREIGN', message: expect.stringContaining('linux-riscv64') },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-1: when a stranger signed what is in a bundle, then the old version runs', async () => {
  const { repository, release, bundle, belay, running, dir } = await signedScene()
  await release('1.1.0', 2)
  await bundle('app.bundle')
  const bytes = await readFile(join(dir, 'app.bundle'))
  const signed = repository.files.get('timestamp.json')?.toString('utf8') ?? ''
  const sig = /"sig":"([0-9a-f]{20})/.exec(signed)?.[1] ?? 'none'
  const at = bytes.indexOf(sig)
  bytes.write('00000000000000000000', at)
  // A list that was made anew for it: whoever swaps the files can do that, too.
  const name = 'metadata/timestamp.json'
  const evil = relisted(bytes, (list) => {
    const files = list.files.map((file) => (file.path === name ? { ...file, sha256: fileIn(bytes, file) } : file))
    return { ...list, files }
  })
  await writeFile(join(dir, 'evil.bundle'), evil)
  await expect(belay.update('app', { from: join(dir, 'evil.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_METADATA_UNSIGNED' },
  })
  expect(await running()).toBe('1.0.0')
})

/** The SHA-256 of what stands there now. */
function fileIn(bytes: Buffer, { path, bytes: size }: { readonly path: string; readonly bytes: number }): string {
  const at = bytes.indexOf(tarHeader(path, size) ?? Buffer.alloc(0)) + blockBytes
  return createHash('sha256')
    .update(bytes.subarray(at, at + size))
    .digest('hex')
}
