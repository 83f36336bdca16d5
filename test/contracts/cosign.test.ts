// needs: registry
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Digest } from '../../src/core/model/names.ts'
import { byWorkflow, preAuthenticated, provenance, testSigstore } from '../../src/host/signatures/testing.ts'
import { app, stage } from './oci-engine.stage.ts'
import type { RealRegistry } from './oci-registry.servers.ts'

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = own.publicKey.export({ type: 'spki', format: 'pem' }).toString()

const textType = 'application/vnd.dev.cosign.simplesigning.v1+json'
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** As `cosign sign --key` does it: the signed text is a layer, the signature an annotation of it. */
function signedText(reference: string, digest: Digest, by: KeyObject = own.privateKey) {
  const image = { 'docker-manifest-digest': digest }
  const critical = { identity: { 'docker-reference': reference }, image, type: 'cosign container image signature' }
  const content = JSON.stringify({ critical, optional: null })
  const signature = sign('sha256', Buffer.from(content), by).toString('base64')
  return { mediaType: textType, content, annotations: { 'dev.cosignproject.cosign/signature': signature } }
}

const statement = (digest: Digest) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ digest: { sha256: digest.slice(7) } }],
  predicateType: 'https://sigstore.dev/cosign/sign/v1',
  predicate: {},
})

/** As newer ones do it, with a key of one's own. */
function signedBundle(digest: Digest) {
  const payloadType = 'application/vnd.in-toto+json'
  const payload = Buffer.from(JSON.stringify(statement(digest)))
  const sig = sign('sha256', preAuthenticated(payloadType, payload), own.privateKey).toString('base64')
  return { dsseEnvelope: { payload: payload.toString('base64'), payloadType, signatures: [{ sig }] } }
}

async function released(trust: object = { cosign: { key } }) {
  const scene = await stage({ tag: '1.0', version: '1.0' }, {}, { trust })
  const { digest } = await scene.registry.push('app', '1.1', 'new')
  const reference = `${scene.registry.host}/app`
  const signed = (layers: Parameters<RealRegistry['pushLayers']>[2]) =>
    scene.registry.pushLayers('app', `${digest.replace(':', '-')}.sig`, layers)
  return { ...scene, digest, reference, signed, plan: () => scene.engine.plan(app, {}) }
}

test('when the trusted key signed the image, then it is planned by its digest, and by whom is told', async () => {
  const { signed, reference, digest, plan, verified } = await released()
  await signed([signedText(reference, digest, stranger.privateKey), signedText(reference, digest)])
  await plan()
  expect(verified).toMatchObject([
    { digest, rung: 'signature', proof: { kind: 'cosign', by: 'the key in trust.cosign' } },
  ])
})

test('when the signature lies among those that refer to the image, as a bundle, then it counts as well', async () => {
  const { registry, digest, plan, verified } = await released()
  const bundle = JSON.stringify(signedBundle(digest))
  const manifest = await registry.pushLayers('app', null, [{ mediaType: bundleType, content: bundle }])
  await registry.refer('app', digest, bundleType, [manifest])
  await plan()
  expect(verified).toMatchObject([{ digest, rung: 'signature' }])
})

test('when a person signed it without a key of their own, then the identity counts', async () => {
  const sigstore = testSigstore()
  const who = { identity: 'dev@example.org', issuer: 'https://accounts.example.org' }
  const root = join(await mkdtemp(join(tmpdir(), 'belay-root-')), 'root.json')
  onTestFinished(() => rm(dirname(root), { recursive: true, force: true }))
  await writeFile(root, JSON.stringify(sigstore.root))
  const scene = await released({ cosign: { ...who, trusted_root: root } })
  const put = async (subject: string) => {
    const bundle = sigstore.attest(statement(scene.digest), { subject, kind: 'email', issuer: who.issuer })
    const layers = [{ mediaType: bundleType, content: JSON.stringify(bundle) }]
    const manifest = await scene.registry.pushLayers('app', null, layers)
    await scene.registry.refer('app', scene.digest, bundleType, [manifest])
  }
  await put('eve@example.org')
  await expect(scene.plan()).rejects.toMatchObject({ problem: { code: 'E_SIGNER_UNTRUSTED' } })
  await put(who.identity)
  await scene.plan()
  expect(scene.verified).toMatchObject([{ rung: 'signature', proof: { by: who.identity } }])
})

const refused = (code: string) => ({ problem: { code, hint: expect.stringContaining('Nothing was pulled') } })

test('when nobody signed it, then nothing is planned or pulled', async () => {
  const { plan, verified } = await released()
  await expect(plan()).rejects.toMatchObject(refused('E_SIGNATURE_MISSING'))
  expect(verified).toStrictEqual([])
})

test('when another key signed it, then nothing is planned or pulled', async () => {
  const { signed, reference, digest, plan, verified } = await released()
  await signed([signedText(reference, digest, stranger.privateKey)])
  await expect(plan()).rejects.toMatchObject(refused('E_SIGNER_UNTRUSTED'))
  expect(verified).toStrictEqual([])
})

test('when a genuine signature of another image was put there, then nothing is planned, however little is asked', async () => {
  const { registry, signed, reference, plan, verified } = await released({ require: 'tls', cosign: { key } })
  const other = await registry.push('app', '0.9', 'old')
  await signed([signedText(reference, other.digest)])
  await expect(plan()).rejects.toMatchObject(refused('E_SIGNATURE_OTHER'))
  expect(verified).toStrictEqual([])
})

test('when less is asked than a signature, then the plan tells that it is missing', async () => {
  const { plan, verified } = await released({ require: 'checksum', cosign: { key } })
  await plan()
  expect(verified).toMatchObject([{ rung: 'checksum', missing: [{ code: 'E_SIGNATURE_MISSING' }] }])
})

test('when the trusted workflow attests the image in its registry, then that is proven, and other workflows are refused', async () => {
  const sigstore = testSigstore()
  const root = join(await mkdtemp(join(tmpdir(), 'belay-root-')), 'root.json')
  onTestFinished(() => rm(dirname(root), { recursive: true, force: true }))
  await writeFile(root, JSON.stringify(sigstore.root))
  const attestation = { repo: 'o/app', workflow: 'release.yml', ref: 'refs/tags/v{version}', trusted_root: root }
  const { registry, digest, reference, plan, verified } = await released({ attestation })
  const put = async (workflow: string) => {
    const bundle = sigstore.attest(provenance({ [reference]: digest }), byWorkflow('o/app', workflow, 'refs/tags/v1.1'))
    const layers = [{ mediaType: bundleType, content: JSON.stringify(bundle) }]
    await registry.refer('app', digest, bundleType, [await registry.pushLayers('app', null, layers)])
  }
  await expect(plan()).rejects.toMatchObject({ problem: { code: 'E_SIGNATURE_MISSING' } })
  await put('pr.yml')
  await expect(plan()).rejects.toMatchObject({ problem: { code: 'E_SIGNER_UNTRUSTED' } })
  await put('release.yml')
  await plan()
  expect(verified).toMatchObject([{ digest, rung: 'attestation', proof: { kind: 'attestation' } }])
})
