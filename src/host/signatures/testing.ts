import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  alternativeNames,
  caExtensions,
  certificate,
  type CertificateFields,
  codeSigning,
  octets,
  tbsCertificate,
  utf8,
} from './testing-der.ts'

/** For tests alone: an instance of Sigstore with its own authority and logs. */

const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' })
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

export interface SignAs {
  readonly subject: string
  readonly kind?: 'uri' | 'email'
  readonly issuer?: string
  readonly repository?: string | undefined
  readonly ref?: string
  /** When the certificate was made; it lives ten minutes. */
  readonly at?: Date
  /** When the log took the signature; null: nobody says when it was. */
  readonly loggedAt?: Date | null
  readonly moreNames?: readonly { readonly kind: 'uri' | 'email'; readonly text: string }[]
}

export interface TestSigstore {
  /** As `trusted_root.json` has it. */
  readonly root: object
  /** A bundle with this in its envelope. */
  attest(payload: string | object, as: SignAs, payloadType?: string): object
  /** A bundle of a signature of these bytes. */
  signBytes(bytes: Buffer, as: SignAs): object
}

export const workflowOf = (repo: string, workflow: string, ref: string) =>
  `https://github.com/${repo}/.github/workflows/${workflow}@${ref}`

/** Signed by the workflow of a repository at a ref, as GitHub's token says it. */
export function byWorkflow(repo: string, workflow: string, ref: string, more: Partial<SignAs> = {}): SignAs {
  return { subject: workflowOf(repo, workflow, ref), repository: `https://github.com/${repo}`, ref, ...more }
}

export const provenance = (subjects: Readonly<Record<string, string>>, more: object = {}) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: Object.entries(subjects).map(([name, sha]) => ({ name, digest: { sha256: sha.replace('sha256:', '') } })),
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: {} },
  ...more,
})

export function testSigstore(host = 'sigstore.test'): TestSigstore {
  const [ca, ct, rekor] = [newKey(), newKey(), newKey()]
  const caName = `root of ${host}`
  const caCertificate = certificate(
    tbsCertificate({
      subject: caName,
      issuer: caName,
      key: ca.publicKey,
      from: new Date('2024-01-01T00:00:00Z'),
      until: new Date('2044-01-01T00:00:00Z'),
      extensions: caExtensions,
    }),
    ca.privateKey,
  )
  const leafFor = (key: KeyObject, as: SignAs): Buffer => {
    const { subject, kind = 'uri', at = new Date('2026-03-01T12:00:00Z'), moreNames = [] } = as
    const { issuer = 'https://token.actions.githubusercontent.com', repository, ref } = as
    const said = { 8: issuer, 12: repository, 14: ref }
    const fields: CertificateFields = {
      subject: '',
      issuer: caName,
      key,
      from: at,
      until: new Date(at.getTime() + 600_000),
      extensions: [
        codeSigning,
        alternativeNames({ kind, text: subject }, ...moreNames),
        ...Object.entries(said).flatMap(([id, text]) =>
          text === undefined ? [] : [{ id: `1.3.6.1.4.1.57264.1.${id}`, value: utf8(text) }],
        ),
      ],
    }
    return withTimestamp(fields, at)
  }
  /** RFC 6962 §3.2: the log signs the certificate without its own signature in it. */
  const withTimestamp = (fields: CertificateFields, at: Date): Buffer => {
    const tbs = tbsCertificate(fields)
    const moment = Buffer.alloc(8)
    moment.writeBigUInt64BE(BigInt(at.getTime()))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(tbs.length)
    const issuer = sha256(spki(ca.publicKey))
    const entry = [Buffer.of(0, 1), issuer, length.subarray(1), tbs, Buffer.of(0, 0)]
    const signature = sign('sha256', Buffer.concat([Buffer.of(0, 0), moment, ...entry]), ct.privateKey)
    const head = [Buffer.of(0), sha256(spki(ct.publicKey)), moment, Buffer.of(0, 0, 4, 3)]
    const sct = Buffer.concat([...head, sized(signature)])
    const list = { id: '1.3.6.1.4.1.11129.2.4.2', value: octets(sized(sized(sct))) }
    return certificate(insertExtension(tbs, fields, list), ca.privateKey)
  }
  const entryOf = (body: object, loggedAt: Date | null) => {
    const canonicalizedBody = Buffer.from(JSON.stringify(body))
    const keyId = sha256(spki(rekor.publicKey))
    const integratedTime = loggedAt === null ? 0 : Math.floor(loggedAt.getTime() / 1000)
    const promised = JSON.stringify({
      body: canonicalizedBody.toString('base64'),
      integratedTime,
      logID: keyId.toString('hex'),
      logIndex: 7,
    })
    const rootHash = sha256(Buffer.of(0), canonicalizedBody).toString('base64')
    const note = `${host}\n1\n${rootHash}\n`
    const noteSignature = Buffer.concat([keyId.subarray(0, 4), sign('sha256', Buffer.from(note), rekor.privateKey)])
    const { kind, apiVersion: version } = body as { kind: string; apiVersion: string }
    const promise = sign('sha256', Buffer.from(promised), rekor.privateKey).toString('base64')
    return {
      logIndex: '7',
      logId: { keyId: keyId.toString('base64') },
      kindVersion: { kind, version },
      ...(loggedAt === null
        ? {}
        : { integratedTime: `${integratedTime}`, inclusionPromise: { signedEntryTimestamp: promise } }),
      inclusionProof: {
        logIndex: '0',
        rootHash,
        treeSize: '1',
        hashes: [],
        checkpoint: { envelope: `${note}\n\u2014 ${host} ${noteSignature.toString('base64')}\n` },
      },
      canonicalizedBody: canonicalizedBody.toString('base64'),
    }
  }
  const bundle = (leaf: Buffer, body: object, as: SignAs, content: object) => {
    const { at = new Date('2026-03-01T12:00:00Z') } = as
    const loggedAt = as.loggedAt === undefined ? new Date(at.getTime() + 5000) : as.loggedAt
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: leaf.toString('base64') },
        tlogEntries: [entryOf(body, loggedAt)],
        timestampVerificationData: {},
      },
      ...content,
    }
  }
  return {
    root: rootOf(host, caCertificate, ct.publicKey, rekor.publicKey),
    attest(payload, as, payloadType = 'application/vnd.in-toto+json') {
      const { publicKey, privateKey } = newKey()
      const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
      const sig = sign('sha256', preAuthenticated(payloadType, bytes), privateKey).toString('base64')
      const payloadHash = { algorithm: 'sha256', value: sha256(bytes).toString('hex') }
      const body = { apiVersion: '0.0.1', kind: 'dsse', spec: { payloadHash, signatures: [{ signature: sig }] } }
      const dsseEnvelope = { payload: bytes.toString('base64'), payloadType, signatures: [{ sig }] }
      return bundle(leafFor(publicKey, as), body, as, { dsseEnvelope })
    },
    signBytes(bytes, as) {
      const { publicKey, privateKey } = newKey()
      const signature = sign('sha256', bytes, privateKey).toString('base64')
      const hash = { algorithm: 'sha256', value: sha256(bytes).toString('hex') }
      const body = {
        apiVersion: '0.0.1',
        kind: 'hashedrekord',
        spec: { signature: { content: signature }, data: { hash } },
      }
      const messageDigest = { algorithm: 'SHA2_256', digest: sha256(bytes).toString('base64') }
      return bundle(leafFor(publicKey, as), body, as, { messageSignature: { messageDigest, signature } })
    },
  }
}

/** A list of TLS (RFC 8446 §3.4), its length in two bytes. */
function sized(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** The same certificate once more, with one extension at its end: the serial number stays. */
function insertExtension(
  tbs: Buffer,
  fields: CertificateFields,
  last: CertificateFields['extensions'][number],
): Buffer {
  const longer = tbsCertificate({ ...fields, extensions: [...fields.extensions, last] })
  const serial = serialOf(tbs)
  return Buffer.concat([longer.subarray(0, serialAt(longer)), serial, longer.subarray(serialAt(longer) + 18)])
}

/** Behind the head and the version; a serial number is 16 bytes here. */
const serialAt = (tbs: Buffer) => (tbs[1] === 0x82 ? 4 : 3) + 5
const serialOf = (tbs: Buffer) => tbs.subarray(serialAt(tbs), serialAt(tbs) + 18)

/** What an envelope's signature is over (DSSE, "PAE"). */
export function preAuthenticated(type: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload])
}

function rootOf(host: string, ca: Buffer, ct: KeyObject, rekor: KeyObject): object {
  const validFor = { start: '2024-01-01T00:00:00Z' }
  const log = (key: KeyObject) => ({
    baseUrl: `https://${host}`,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: spki(key).toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: sha256(spki(key)).toString('base64') },
  })
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(rekor)],
    certificateAuthorities: [
      { uri: `https://${host}`, certChain: { certificates: [{ rawBytes: ca.toString('base64') }] }, validFor },
    ],
    ctlogs: [log(ct)],
    timestampAuthorities: [],
  }
}
