import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestSchema } from '../../core/model/names.ts'
import type { CosignTrust } from '../../core/trust/settings.ts'
import { proveImage } from './cosign.ts'
import type { ImageSignature } from './image-signature.ts'
import { preAuthenticated, testSigstore } from './testing.ts'

const one = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
const two = digestSchema.parse(`sha256:${'2'.repeat(64)}`)
const image = { host: 'ghcr.io', repository: 'o/app' }
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const own = pair()
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const key: CosignTrust = { kind: 'key', key: pem(own.publicKey) }

const payload = (digest = one, reference = 'ghcr.io/o/app', critical: object = {}) =>
  Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': reference },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
        ...critical,
      },
      optional: null,
    }),
  )

function text(bytes: Buffer, by: KeyObject = own.privateKey): ImageSignature {
  const algorithm = by.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return {
    kind: 'text',
    payload: bytes,
    signature: sign(algorithm, bytes, by).toString('base64'),
    certificate: null,
    log: null,
  }
}

const statement = (digest = one, predicateType = 'https://sigstore.dev/cosign/sign/v1') => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ digest: { sha256: digest.slice(7) } }],
  predicateType,
  predicate: {},
})

function bundled(json: object, by: KeyObject = own.privateKey): ImageSignature {
  const payloadType = 'application/vnd.in-toto+json'
  const bytes = Buffer.from(JSON.stringify(json))
  const sig = sign('sha256', preAuthenticated(payloadType, bytes), by).toString('base64')
  const dsseEnvelope = { payload: bytes.toString('base64'), payloadType, signatures: [{ sig }] }
  return { kind: 'bundle', bundle: { verificationMaterial: { publicKey: { hint: 'x' } }, dsseEnvelope } }
}

const ask = (trust: CosignTrust, ...signatures: readonly ImageSignature[]) =>
  proveImage({ image, digest: one, signatures, trust })

describe('a signature with a key', () => {
  test.each([
    ['as text', text(payload())],
    ['as text that names no image', text(payload(one, ''))],
    ['as text that names it with a tag', text(payload(one, 'ghcr.io/o/app:1.2.3'))],
    ['as a bundle', bundled(statement())],
  ])('when the image is signed by it %s, then it is proven', async (_, signature) => {
    expect(await ask(key, signature)).toStrictEqual({ by: 'the key in trust.cosign' })
  })

  test.each([
    ['another curve', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['Ed25519', generateKeyPairSync('ed25519')],
  ])('when the key is of %s, then it counts as well', async (_, { publicKey, privateKey }) => {
    expect(await ask({ kind: 'key', key: pem(publicKey) }, text(payload(), privateKey))).toHaveProperty('by')
  })

  test('when somebody else signed too, then the own one is found among them', async () => {
    expect(await ask(key, text(payload(), pair().privateKey), text(payload(two)), text(payload()))).toHaveProperty('by')
  })

  test.each([
    ['as text', text(payload(), pair().privateKey)],
    ['as a bundle', bundled(statement(), pair().privateKey)],
    ['as nothing that can be read', { kind: 'bundle', bundle: null }],
  ] as const)('when another key signed %s, then the signer is not trusted', async (_, signature) => {
    expect(await ask(key, signature)).toMatchObject({
      code: 'E_SIGNER_UNTRUSTED',
      message: `the signature of ghcr.io/o/app@${one} was not made with the key in trust.cosign`,
    })
  })

  test.each([
    ['another digest', text(payload(two))],
    ['another repository', text(payload(one, 'ghcr.io/o/app2'))],
    ['a repository of the same name elsewhere', text(payload(one, 'evil.example/o/app'))],
    ['another digest in a bundle', bundled(statement(two))],
  ])('when the trusted key signed %s, then it is the signature of another image', async (_, signature) => {
    expect(await ask(key, signature, text(payload(), pair().privateKey))).toMatchObject({ code: 'E_SIGNATURE_OTHER' })
  })

  test.each([
    ['no JSON', text(Buffer.from('{'))],
    ['a text of another type', text(payload(one, '', { type: 'else' }))],
    ['a text that is too large', text(Buffer.concat([payload(), Buffer.alloc(70_000, ' ')]))],
    ['no statement', bundled({})],
  ])('when the trusted key signed %s, then it cannot be used', async (_, signature) => {
    expect(await ask(key, signature)).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  })

  test('when there is none, or the key says something else about the image, then that is said', async () => {
    expect(await ask(key)).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
    const contents = bundled(statement(one, 'https://spdx.dev/Document'))
    expect(await ask(key, contents)).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
    expect(await ask(key, contents, text(payload(), pair().privateKey))).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
  })
})

describe('a place for files', () => {
  const held = { dir: '' }
  beforeAll(async () => {
    held.dir = await mkdtemp(join(tmpdir(), 'belay-cosign-'))
  })
  afterAll(() => rm(held.dir, { recursive: true, force: true }))

  test('when the key lies in a file, then the file is told as who signed', async () => {
    const path = join(held.dir, 'cosign.pub')
    await writeFile(path, pem(own.publicKey))
    expect(await ask({ kind: 'key', key: path }, text(payload()))).toStrictEqual({ by: path })
  })

  test.each([
    ['is not there', null],
    ['is a private key', own.privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['is damaged', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ])('when the key %s, then the config is wrong', async (_, content) => {
    const path = join(held.dir, 'other.pub')
    if (content !== null) await writeFile(path, content)
    await expect(ask({ kind: 'key', key: path }, text(payload()))).rejects.toMatchObject({
      problem: { code: 'E_CONFIG_INVALID', message: expect.stringContaining(path) },
    })
  })

  describe('a signature without a key of its own', () => {
    const sigstore = testSigstore()
    const who = { subject: 'dev@example.org', kind: 'email', issuer: 'https://accounts.example.org' } as const
    const trust = (): CosignTrust => ({
      kind: 'identity',
      identity: who.subject,
      issuer: who.issuer,
      trustedRoot: join(held.dir, 'root.json'),
    })
    beforeAll(() => writeFile(join(held.dir, 'root.json'), JSON.stringify(sigstore.root)))

    /** As cosign wrote it before bundles. */
    const older = (bytes: Buffer, as: typeof who, instance = sigstore): ImageSignature => {
      const made = instance.signBytes(bytes, as) as {
        messageSignature: { signature: string }
        verificationMaterial: {
          certificate: { rawBytes: string }
          tlogEntries: [
            {
              logIndex: string
              integratedTime: string
              canonicalizedBody: string
              logId: { keyId: string }
              inclusionPromise: { signedEntryTimestamp: string }
            },
          ]
        }
      }
      const { certificate, tlogEntries } = made.verificationMaterial
      const [entry] = tlogEntries
      return {
        kind: 'text',
        payload: bytes,
        signature: made.messageSignature.signature,
        certificate: `-----BEGIN CERTIFICATE-----\n${certificate.rawBytes}\n-----END CERTIFICATE-----\n`,
        log: {
          SignedEntryTimestamp: entry.inclusionPromise.signedEntryTimestamp,
          Payload: {
            body: entry.canonicalizedBody,
            integratedTime: Number(entry.integratedTime),
            logIndex: Number(entry.logIndex),
            logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
          },
        },
      }
    }
    const bundle = (json: object, as: object = who): ImageSignature => ({
      kind: 'bundle',
      bundle: sigstore.attest(json, { ...who, ...as }),
    })

    test('when the trusted person signed, as a bundle or in the older form, then it is proven', async () => {
      expect(await ask(trust(), bundle(statement()))).toStrictEqual({ by: who.subject })
      expect(await ask(trust(), older(payload(), who))).toStrictEqual({ by: who.subject })
    })

    test.each([
      ['another person', () => bundle(statement(), { subject: 'dev@example.org.evil' })],
      ['the same name of another issuer', () => bundle(statement(), { issuer: 'https://evil.example' })],
      ['another person in the older form', () => older(payload(), { ...who, subject: 'eve@example.org' } as never)],
      ['a key', () => text(payload())],
      ['another instance', () => older(payload(), who, testSigstore())],
    ])('when %s signed, then the signer is not trusted', async (_, signature) => {
      expect(await ask(trust(), signature())).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
    })

    test('when the bytes of the older form are others than those in the log, then it does not count', async () => {
      const signed = older(payload(), who)
      expect(await ask(trust(), { ...signed, payload: payload(two) } as ImageSignature)).toMatchObject({
        code: 'E_SIGNER_UNTRUSTED',
      })
    })

    test('when the trusted person signed another image, then that is said', async () => {
      expect(await ask(trust(), bundle(statement(two)))).toMatchObject({ code: 'E_SIGNATURE_OTHER' })
      expect(await ask(trust(), older(payload(two), who))).toMatchObject({ code: 'E_SIGNATURE_OTHER' })
    })
  })
})
