import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { signMinisign } from '../../src/core/trust/minisign-sign.ts'
import { blake2b, testKey } from '../../src/core/trust/minisign.fixture.ts'
import type { Plan } from '../../src/main/open.ts'
import { openedBundle } from '../../src/sources/bundle/source.ts'
import { serveReleases } from '../../src/cli/release/server.ts'
import { host, relisted } from './bundle.scene.ts'
import { versionArchive } from './version-archive.ts'
import { writeRelease } from './source.servers.ts'
import { temporaryFolder } from './tuf.server.ts'

const keyLine = (seed: string): string => testKey(seed).key.text

function signatureOf(file: string, version: string, bytes: Buffer): Record<string, string> {
  return { [`${file}.minisig`]: signMinisign(blake2b(bytes), testKey('a').signer, { file, version, product: 'app' }) }
}

/** Releases as GitHub has them, with a file of checksums, of which nobody signed anything. */
async function scene(more: { readonly trust?: object; readonly sums?: (file: Buffer) => string } = {}) {
  const dir = await temporaryFolder()
  const releases = join(dir, 'releases')
  await mkdir(releases)
  const publish = async (version: string, platform = '', { signed = false } = {}) => {
    const name = `app-${version}${platform}.tar.gz`
    const file = await versionArchive(version)
    const sums = more.sums?.(file) ?? `${createHash('sha256').update(file).digest('hex')}  ${name}\n`
    const files = {
      [name]: file,
      SHA256SUMS: sums,
      'other.txt': 'nobody asks for this',
      ...(signed ? signatureOf(name, version, file) : {}),
    }
    await writeRelease(releases, { tag: `v${version}`, notes: `what is new in ${version}`, files })
  }
  await publish('1.0.0')
  const server = await serveReleases({
    dir: releases,
    host: '127.0.0.1',
    port: 0,
    signal: new AbortController().signal,
  })
  onTestFinished(() => server.close())
  const source = (repo: string) => ({ type: 'github', repo, api: server.url })
  const app = await host(dir, source('acme/app'), more.trust ?? { require: 'checksum' })
  expect(await app.belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  return { ...app, dir, publish, source, cut: () => server.close(), from: join(dir, 'app.bundle') }
}

test('when releases are only at GitHub, then a bundle of one is installed without a network, by its published checksum', async () => {
  const { publish, bundle, belay, running, cut, from } = await scene()
  await publish('1.1.0')
  const made = await bundle('app.bundle')
  expect(made.files.map(({ path }) => path).toSorted()).toStrictEqual(['files/SHA256SUMS', 'files/app-1.1.0.tar.gz'])
  await cut()
  const { plan } = (await belay.plan('app', { from })) as { plan: Plan }
  expect(plan.about).toMatchObject({ rung: 'checksum', statedBy: 'SHA256SUMS' })
  const report = await belay.update('app', { from })
  expect(report).toMatchObject({ outcome: 'committed', to: '1.1.0', problem: null, bytes_downloaded: 0 })
  expect(await running()).toBe('1.1.0')
  const [run, first] = await belay.runs()
  expect([run?.from_file, first?.from_file]).toStrictEqual([from, undefined])
  expect(await belay.update('app', { from })).toMatchObject({ outcome: 'current' })
})

test('when the host has no network, then nothing of an update from a bundle asks for it', async () => {
  const { publish, bundle, dir, source, from, cut } = await scene()
  await publish('1.1.0')
  await bundle('app.bundle')
  await cut()
  const checks = { before: [{ type: 'network' }], after: [{ type: 'version_check' }] }
  const closed = await host(dir, source('acme/app'), { require: 'checksum' }, 'closed', { checks })
  expect(await closed.belay.update('app', { from })).toMatchObject({ outcome: 'committed', to: '1.1.0' })
})

test('when a bundle was used, then what the source said last is still what the source said', async () => {
  const { publish, bundle, belay, from } = await scene()
  await publish('1.1.0')
  await bundle('app.bundle')
  await publish('1.2.0')
  await belay.check({ force: true })
  await belay.update('app', { from })
  expect(await belay.status()).toMatchObject([{ installed: '1.1.0', available: '1.2.0', update_available: true }])
})

test('when what is in a bundle is not what its own checksums say, then no bundle is made of it', async () => {
  const { publish, bundle } = await scene({
    trust: { require: 'tls' },
    sums: () => `${'0'.repeat(64)}  app-1.1.0.tar.gz\n`,
  })
  await publish('1.1.0')
  await expect(bundle('app.bundle')).rejects.toMatchObject({ problem: { code: 'E_CHECKSUM_MISMATCH' } })
})

test('when the host asks for a signature and the maker did not, then the bundle brings it', async () => {
  const { publish, bundle, dir, source, from, cut } = await scene()
  await publish('1.1.0', '', { signed: true })
  await bundle('app.bundle')
  await cut()
  const keys = (seed: string) => ({ require: 'signature', keys: { minisign: [keyLine(seed)] } })
  const strict = await host(dir, source('acme/app'), keys('a'), 'strict')
  expect(await strict.belay.update('app', { from })).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  const other = await host(dir, source('acme/app'), keys('b'), 'other')
  await expect(other.belay.update('app', { from })).rejects.toMatchObject({ problem: { code: 'E_SIGNER_UNTRUSTED' } })
})

test('when nobody signed what a host wants signed, then a bundle of it is refused, and the old version runs', async () => {
  const { publish, bundle, dir, source, from, running } = await scene()
  await publish('1.1.0')
  await bundle('app.bundle')
  const trust = { require: 'signature', keys: { minisign: [keyLine('a')] } }
  const strict = await host(dir, source('acme/app'), trust, 'strict')
  await expect(strict.belay.update('app', { from })).rejects.toMatchObject({ problem: { code: 'E_SIGNATURE_MISSING' } })
  expect(await running()).toBe('1.0.0')
})

test('A7-1: when the list of a bundle says that its release is proven, then that proves nothing', async () => {
  const { publish, bundle, dir, source, from, running } = await scene()
  await publish('1.1.0')
  await bundle('app.bundle')
  const proof = { rung: 'tuf', kind: 'tuf', by: 'nobody' }
  const evil = relisted(await readFile(from), (list) => ({
    ...list,
    releases: list.releases.map((each) => ({ ...each, release: { ...each.release, proof } })),
  }))
  await writeFile(join(dir, 'evil.bundle'), evil)
  const trust = { require: 'signature', keys: { minisign: [keyLine('a')] } }
  const strict = await host(dir, source('acme/app'), trust, 'strict')
  await expect(strict.belay.update('app', { from: join(dir, 'evil.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_SIGNATURE_MISSING' },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-42: when a bundle is of another project, then it says of which, and the old version runs', async () => {
  const { publish, dir, source, belay, running } = await scene()
  await publish('1.1.0')
  const other = await host(dir, source('acme/other'), { require: 'checksum' }, 'other')
  await other.bundle('other.bundle')
  await expect(belay.update('app', { from: join(dir, 'other.bundle') })).rejects.toMatchObject({
    problem: { code: 'E_BUNDLE_FOREIGN', message: expect.stringContaining('is of github acme/other') },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-42: when a bundle of files is for other platforms, then it says for which, and the old version runs', async () => {
  const { publish, bundle, belay, running, from } = await scene()
  await publish('1.1.0', '-linux-riscv64')
  await bundle('app.bundle', { platforms: ['linux-riscv64'] })
  await expect(belay.update('app', { from })).rejects.toMatchObject({
    problem: {
      code: 'E_BUNDLE_FOREIGN',
      message: expect.stringContaining('is for linux-riscv64'),
      hint: expect.any(String),
    },
  })
  expect(await running()).toBe('1.0.0')
})

test('when another bundle lies there than the one of the plan, then nothing of it is used', async () => {
  const { publish, bundle, belay, from } = await scene()
  await publish('1.1.0')
  await bundle('app.bundle')
  const planned = await belay.plan('app', { from })
  const download = 'plan' in planned ? planned.plan.steps.find((step) => step.kind === 'download') : undefined
  expect(download?.source).toMatchObject({ type: 'github', bundle: { file: from } })
  await rm(from)
  await publish('1.2.0')
  await bundle('app.bundle')
  const ref = download?.source['bundle']
  await expect(openedBundle(ref)).rejects.toMatchObject({
    problem: { code: 'E_BUNDLE_INVALID', message: expect.stringContaining('another bundle') },
  })
})

/** An update in a process of its own, which ends without a word when a step of that kind begins. */
async function killedAt(kind: string, dir: string, from: string): Promise<void> {
  const script = `
    const { openBelay } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/main/open.ts'))})
    const belay = await openBelay(${JSON.stringify({ config: join(dir, 'app.yaml'), state: join(dir, 'app-state') })})
    let plan
    belay.subscribe((event) => {
      if (event.t === 'opened') plan = event.plan
      if (event.t === 'step' && plan.steps[event.step]?.kind === ${JSON.stringify(kind)}) process.kill(process.pid, 'SIGKILL')
    })
    await belay.update('app', ${JSON.stringify({ from })})
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
}

test.each(['download', 'unpack'])(
  'when the power goes as the step %s begins, and the bundle is taken away, then one whole version runs',
  async (kind) => {
    const { publish, bundle, belay, running, dir, from } = await scene()
    await publish('1.1.0')
    await bundle('app.bundle')
    await killedAt(kind, dir, from)
    await rm(from)
    const [ended] = await belay.resume()
    expect(ended).toMatchObject(
      kind === 'download' ? { outcome: 'failed', problem: { code: 'E_NOT_FOUND' } } : { outcome: 'committed' },
    )
    expect(await running()).toBe(kind === 'download' ? '1.0.0' : '1.1.0')
  },
)
