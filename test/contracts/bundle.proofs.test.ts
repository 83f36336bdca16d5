// needs: registry
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demand } from '../../src/engine/find.ts'
import { systemClock } from '../../src/host/clock.ts'
import { loadConfig } from '../../src/host/config/load.ts'
import { testServer } from '../../src/host/http/testing.ts'
import { byWorkflow, provenance, testSigstore } from '../../src/host/signatures/testing.ts'
import { openAdapters } from '../../src/main/adapters.ts'
import { proversFor } from '../../src/main/carried-provers.ts'
import { kindsFor } from '../../src/main/kinds.ts'
import { allLoaders } from '../../src/main/loaders.ts'
import { adapterDeps } from '../../src/main/system-adapters.ts'
import { makeBundle } from '../../src/main/release-bundle.ts'
import { host } from './bundle.scene.ts'
import { versionArchive } from './version-archive.ts'
import { manifestScene } from './manifest.scene.ts'
import { startRegistry } from './oci-registry.servers.ts'
import { servedFolder } from './source.servers.ts'
import { temporaryFolder } from './tuf.server.ts'

/** Proofs that lie with a server, not beside the files: they are asked for once, and carried. */

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const signal = new AbortController().signal

test('when GitHub has the attestation of a file, then the bundle brings it, and it counts without a network', async () => {
  const dir = await temporaryFolder()
  const content = await versionArchive('1.1.0')
  const name = 'app-1.1.0.tar.gz'
  const built = byWorkflow('acme/app', 'release.yml', 'refs/tags/v1.1.0')
  const sigstore = testSigstore()
  await writeFile(join(dir, 'sigstore.json'), JSON.stringify(sigstore.root))
  const attested = sigstore.attest(provenance({ [name]: sha256(content) }), built)
  await using upstream = await servedFolder([{ tag: 'v1.1.0', files: { [name]: content } }])
  const state = { cut: false }
  await using server = await testServer((request, response) => {
    if (state.cut) response.destroy()
    else if (request.url?.startsWith(`/repos/acme/app/attestations/sha256:${sha256(content)}`) === true)
      response.end(JSON.stringify({ attestations: [{ bundle: attested }] }))
    else upstream.answer(request, response)
  })
  const attestation = { repo: 'acme/app', workflow: 'release.yml', trusted_root: 'sigstore.json' }
  const source = { type: 'github', repo: 'acme/app', api: server.url }
  const app = await host(dir, source, { require: 'attestation', attestation })
  await app.bundle('app.bundle')
  state.cut = true
  const from = join(dir, 'app.bundle')
  const { plan } = (await app.belay.plan('app', { from })) as { plan: { about: object } }
  expect(plan.about).toMatchObject({ rung: 'attestation' })
  expect(await app.belay.update('app', { from })).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  // What was said of one file counts for no other.
  const elsewhere = { ...attestation, repo: 'acme/other' }
  const other = await host(dir, source, { require: 'attestation', attestation: elsewhere }, 'other')
  await expect(other.belay.update('app', { from })).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/^E_SIGN/) },
  })
})

test('when an image is signed in its registry, then the bundle brings the signature, and it counts without a network', async () => {
  const dir = await temporaryFolder()
  const registry = await startRegistry()
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { digest } = await registry.push('acme/app', '1.1.0', 'new')
  const image = `${registry.host}/acme/app`
  const critical = {
    identity: { 'docker-reference': image },
    image: { 'docker-manifest-digest': digest },
    type: 'cosign container image signature',
  }
  const text = JSON.stringify({ critical, optional: null })
  const signature = sign('sha256', Buffer.from(text), keys.privateKey).toString('base64')
  const annotations = { 'dev.cosignproject.cosign/signature': signature }
  const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json'
  await registry.pushLayers('acme/app', `${digest.replace(':', '-')}.sig`, [{ mediaType, content: text, annotations }])
  const cosign = { key: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  const app = await host(dir, { type: 'oci', image }, { require: 'signature', cosign })
  const made = await app.bundle('app.bundle')
  await registry[Symbol.asyncDispose]()
  expect(made.files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['index.json', 'manifest.json', 'oci-layout']),
  )

  const { settings } = await loadConfig({ config: join(dir, 'app.yaml'), env: {}, cwd: dir }, kindsFor)
  const component = [...settings.components.values()][0]
  if (component === undefined) throw new Error('one component')
  await mkdir(join(dir, 'carried'))
  const clock = systemClock()
  const deps = adapterDeps({ stateDir: join(dir, 'carried'), allowHttp: ['127.0.0.1'], env: {}, clock })
  const adapters = openAdapters(allLoaders(deps))
  const spec = await adapters.bundled(component.source, join(dir, 'app.bundle'))
  const source = await adapters.source(spec)
  const [listed] = (await source.list({ force: true, cacheMs: 0, signal })).releases
  if (listed === undefined) throw new Error('one release')
  const asked = { name: component.name, settings: { ...component, source: spec } }
  const ports = { provers: proversFor(deps), clock }
  expect(await demand(ports, source, await source.pin(listed, signal), asked, signal)).toMatchObject({
    rung: 'signature',
    digest,
    proof: { kind: 'cosign' },
  })
})

test.each(['assets', 'root'])(
  'when the update manifest lies among the %s, then the bundle brings it, and it counts without a network',
  async (place) => {
    const { belay, dir, release, start, running, fault } = await manifestScene({ manifest: 'required' })
    const manifest = (version: string) => ({
      'update-manifest.json': JSON.stringify({ version, component_type: 'application' }),
    })
    await start({ [place]: manifest('1.0.0') })
    await release('1.1.0', { [place]: manifest('1.1.0') })
    const from = join(dir, 'app.bundle')
    const settings = async () =>
      (await loadConfig({ config: join(dir, 'belay.yaml'), env: {}, cwd: dir }, kindsFor)).settings
    const request = { of: { component: 'app' }, version: null, platforms: [], out: from, told: () => {}, signal }
    await makeBundle(request, { settings, env: {} })
    fault.at = () => true
    const { plan } = (await belay.plan('app', { from })) as { plan: { about: object } }
    expect(plan.about).toMatchObject({ manifest: { verdict: 'accepted', name: 'update-manifest.json' } })
    expect(await belay.update('app', { from })).toMatchObject({ outcome: 'committed', to: '1.1.0' })
    expect(await running()).toBe('1.1.0')
  },
)
