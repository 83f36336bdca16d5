import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { describe, expect, test } from 'vitest'
import { digestSchema } from '../../core/model/names.ts'
import { type AttestationSettings, expectedBuild } from '../../core/trust/sigstore/build-policy.ts'
import { proveAttestation } from './attestation.ts'
import { byWorkflow, provenance, testSigstore } from './testing.ts'
import { trustRoots } from './trust-root.ts'

const one = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
const two = digestSchema.parse(`sha256:${'2'.repeat(64)}`)
const file = { name: 'app-1.1.0.tar.gz', digest: one }
const ref = 'refs/tags/v1.1.0'
const release = { tag: 'v1.1.0', version: '1.1.0' }
const settings: AttestationSettings = { repo: 'owner/repo.X', workflow: 'release.yml' }
const good = byWorkflow('owner/repo.X', 'release.yml', ref)
const statement = provenance({ [file.name]: one, 'other.tar.gz': two })

const sigstore = testSigstore()
const trusted = [TrustedRoot.fromJSON(sigstore.root)]

function asked(...bundles: readonly unknown[]) {
  return proveAttestation({ file, bundles, expected: expectedBuild(settings, release), roots: trusted })
}

describe('an attestation of a build', () => {
  test('when the trusted workflow made the file at its tag, then it is proven, and by whom is told', () => {
    expect(asked(sigstore.attest(statement, good))).toStrictEqual({ digest: one, by: good.subject })
  })

  test('when nobody states the digest, then the one that is attested for that name is taken', () => {
    const question = { bundles: [sigstore.attest(statement, good)], expected: expectedBuild(settings, release) }
    const unknown = { ...question, roots: trusted, file: { name: file.name, digest: null } }
    expect(proveAttestation(unknown)).toMatchObject({ digest: one })
    expect(proveAttestation({ ...unknown, file: { name: 'else.tar.gz', digest: null } })).toMatchObject({
      code: 'E_SIGNATURE_OTHER',
    })
  })

  test('when the bundles are those of a whole release, then one about other files says nothing of this one', () => {
    const question = { expected: expectedBuild(settings, release), roots: trusted, file: { ...file, shared: true } }
    const of = (name: string) => [sigstore.attest(provenance({ [name]: two }), good)]
    expect(proveAttestation({ ...question, bundles: of('other.zip') })).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
    expect(proveAttestation({ ...question, bundles: of(file.name) })).toMatchObject({ code: 'E_SIGNATURE_OTHER' })
  })

  test('when one of several bundles fits, then it is found, in any order', () => {
    const others = [null, sigstore.attest(provenance({ x: two }), good), testSigstore().attest(statement, good)]
    expect(asked(...others, sigstore.attest(statement, good))).toMatchObject({ digest: one })
    expect(asked(...others)).toMatchObject({ code: 'E_SIGNATURE_OTHER' })
  })
})

describe('A7 case 44', () => {
  test('when another workflow of the right repository attests, then it is refused, and both are named', () => {
    const other = byWorkflow('owner/repo.X', 'nightly.yml', ref)
    expect(asked(sigstore.attest(statement, other))).toMatchObject({
      code: 'E_SIGNER_UNTRUSTED',
      message: `${file.name} is signed with the workflow ${other.subject}, and ${good.subject} is trusted`,
    })
  })

  test.each([
    ['repoX for repo.X', byWorkflow('owner/repoX', 'release.yml', ref)],
    ['a longer name', byWorkflow('owner/repo.X-evil', 'release.yml', ref)],
    ['another owner', byWorkflow('0wner/repo.X', 'release.yml', ref)],
    ['the tag of another release', byWorkflow('owner/repo.X', 'release.yml', 'refs/tags/v1.1.0-evil')],
    ['a branch', byWorkflow('owner/repo.X', 'release.yml', 'refs/heads/v1.1.0')],
    ['a fork that calls the right workflow', { ...good, repository: 'https://github.com/fork/repo.X' }],
    ['another ref that calls the right workflow', { ...good, ref: 'refs/heads/main' }],
    ['another issuer', { ...good, issuer: 'https://accounts.example.org' }],
    ['an issuer with more behind it', { ...good, issuer: 'https://token.actions.githubusercontent.com/evil' }],
    ['a mail address of that text', { ...good, kind: 'email' }],
    ['two names', { ...good, moreNames: [{ kind: 'uri', text: 'https://github.com/evil/x' }] }],
    ['a name whose bytes are cut to the right one', { ...good, subject: good.subject.replace('o', '\u00ef') }],
    ['no repository in it', { ...good, repository: undefined }],
  ] as const)('when a certificate of the right instance says %s, then it is refused', (_, as) => {
    expect(asked(sigstore.attest(statement, as))).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
  })

  test('when the bundle is valid, but for another artifact, then it is refused as such', () => {
    expect(asked(sigstore.attest(provenance({ [file.name]: two }), good))).toMatchObject({
      code: 'E_SIGNATURE_OTHER',
      facts: { wanted: one },
    })
  })

  test('when the bundle comes from another instance of Sigstore, then it is refused', () => {
    expect(asked(testSigstore().attest(statement, good))).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  })

  test('when the certificate is past and nothing dates the signature, then it is refused', () => {
    expect(asked(sigstore.attest(statement, { ...good, loggedAt: null }))).toMatchObject({
      code: 'E_SIGNATURE_INVALID',
      facts: { why: 'expected 1 timestamps, got 0' },
    })
  })

  test.each([
    ['after', '2026-03-01T12:30:00Z'],
    ['before', '2026-03-01T11:30:00Z'],
  ])('when the log dates the signature %s the life of the certificate, then it is refused', (_, at) => {
    expect(asked(sigstore.attest(statement, { ...good, loggedAt: new Date(at) }))).toMatchObject({
      code: 'E_SIGNATURE_INVALID',
      facts: { why: expect.stringContaining('not valid or expired') },
    })
  })
})

describe('a bundle that says something else', () => {
  test.each([
    [
      'a test result',
      provenance({ [file.name]: one }, { predicateType: 'https://in-toto.io/attestation/test-result/v0.1' }),
    ],
    [
      'a provenance of another house',
      provenance({ [file.name]: one }, { predicateType: 'https://slsa.dev/provenance/v1x' }),
    ],
  ])('when the right workflow attests %s, then that is no build', (_, payload) => {
    expect(asked(sigstore.attest(payload, good))).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
  })

  test.each([
    ['no JSON', '{"_type": '],
    ['no subject', provenance({})],
    ['a digest of another length', provenance({ x: 'sha256:11' })],
    ['another type', { ...statement, _type: 'https://in-toto.io/Statement/v9' }],
    ['too many subjects', provenance(Object.fromEntries(Array.from({ length: 5001 }, (_, i) => [`f${i}`, one])))],
  ])('when what is signed has %s, then it is refused', (_, payload) => {
    expect(asked(sigstore.attest(payload, good))).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  })

  test('when the envelope is of another type, or there is none, then it is no statement', () => {
    const bytes = Buffer.from(JSON.stringify(statement))
    for (const bundle of [sigstore.attest(statement, good, 'text/plain'), sigstore.signBytes(bytes, good)]) {
      expect(asked(bundle)).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
    }
  })

  test('when one byte of the payload is changed, then the signature does not hold', () => {
    const bundle = structuredClone(sigstore.attest(statement, good)) as { dsseEnvelope: { payload: string } }
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('2222', '3222')
    bundle.dsseEnvelope.payload = Buffer.from(payload).toString('base64')
    expect(asked(bundle)).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  })

  const whole = sigstore.attest(statement, good)
  test.each([
    ['nothing', null],
    ['a list', []],
    ['empty', {}],
    ['signed twice', { ...whole, dsseEnvelope: { signatures: [{ sig: '' }, { sig: '' }] } }],
    [
      'made with a huge certificate',
      { ...whole, verificationMaterial: { certificate: { rawBytes: 'A'.repeat(1e5) } } },
    ],
  ])('when it is %s, then it cannot be read', (_, bundle) => {
    expect(asked(bundle)).toMatchObject({
      code: 'E_SIGNATURE_INVALID',
      message: expect.stringContaining('cannot be read'),
    })
  })

  test('when its certificate names its way of signing in no proper form, then it is refused, though the signature fits', () => {
    const bundle = sigstore.attest(statement, good) as { verificationMaterial: { certificate: { rawBytes: string } } }
    const { certificate } = structuredClone(bundle).verificationMaterial
    const der = Buffer.from(certificate.rawBytes, 'base64')
    // The last one stands outside of what is signed.
    der.writeUInt8(0x96, der.lastIndexOf(Buffer.from('2a8648ce3d040302', 'hex')) + 7)
    const changed = { ...bundle.verificationMaterial, certificate: { rawBytes: der.toString('base64') } }
    expect(asked({ ...bundle, verificationMaterial: changed })).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  })

  test('when there is none, then that is said', () => {
    expect(asked()).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
  })
})

test('when a real bundle of GitHub is read with the trust root that belay has, then the reusable workflow is told', async () => {
  const path = join(import.meta.dirname, '../../../test/fixtures/sigstore/reusable-workflow.sigstore.json')
  const bundles = [JSON.parse(await readFile(path, 'utf8')) as unknown]
  const digest = digestSchema.parse('sha256:07e4b8c0e3580b3e4a1eb62c70f1ffb86004d3d94f50767cb404fa7a639b4d05')
  const workflow = 'bdehamer/workflows/.github/workflows/attest.yml@refs/heads/main'
  const ask = (change: Partial<AttestationSettings>) =>
    proveAttestation({
      file: { name: 'renamed.whl', digest },
      bundles,
      expected: expectedBuild({ repo: 'malancas/attest-demo', workflow, ref: 'refs/heads/main', ...change }, release),
      roots,
    })
  const roots = await trustRoots(null)
  expect(ask({})).toStrictEqual({ digest, by: `https://github.com/${workflow}` })
  expect(ask({ workflow: 'shared.yml' })).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
  expect(ask({ repo: 'bdehamer/workflows' })).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
})
