/**
 * Parties: the registry, and whoever may push to the repository: both can put any signature beside any image; who signs,
 * with a key of their own or by an identity that Sigstore vouched for. Forms: a signed text that names image and digest,
 * at the tag `sha256-….sig`; or a Sigstore bundle around a statement. The digest that is pulled is always compared.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import type { ImageReference } from '../../core/image/reference.ts'
import { canonical } from '../../core/image/reference.ts'
import type { Digest } from '../../core/model/names.ts'
import { fail, type Problem } from '../../core/model/problem.ts'
import type { CosignTrust } from '../../core/trust/settings.ts'
import { compareSigner } from '../../core/trust/sigstore/build-policy.ts'
import { imageByOthers, imageRefused, imageUnsigned, otherSubject } from '../../core/trust/sigstore/failures.ts'
import { checkImagePayload } from '../../core/trust/sigstore/image-payload.ts'
import { readStatement, statementType, subjectDigest } from '../../core/trust/sigstore/statement.ts'
import type { ImageSignature } from './image-signature.ts'

const keyBytesMax = 64 * 1024

export interface ImageQuestion {
  readonly image: Pick<ImageReference, 'host' | 'repository'>
  readonly digest: Digest
  readonly signatures: readonly ImageSignature[]
  readonly trust: CosignTrust
}

/** By whom the image is signed, as it is shown. E_SIGNATURE_MISSING, E_SIGNER_UNTRUSTED, E_SIGNATURE_OTHER, E_SIGNATURE_INVALID. */
export async function proveImage(question: ImageQuestion): Promise<{ readonly by: string } | Problem> {
  const { image, digest, signatures, trust } = question
  const shown = `${canonical({ ...image, tag: null, digest: null })}@${digest}`
  if (signatures.length === 0) return imageUnsigned(shown)
  const judge = trust.kind === 'key' ? await byKey(trust.key) : await byIdentity(trust, shown)
  const by = trust.kind === 'key' ? shownKey(trust.key) : trust.identity
  let worst: Problem | null = null
  let others = 0
  for (const signature of signatures) {
    const signed = judge(signature)
    if (signed === null) others += 1
    if (signed === null || ('statement' in signed && isElse(signed.statement))) continue
    const refused = 'code' in signed ? signed : aboutOther(signed, question, shown)
    if (refused === null) return { by }
    if (worst === null || refused.code === 'E_SIGNATURE_OTHER') worst = refused
  }
  return worst ?? (others === 0 ? imageUnsigned(shown) : imageByOthers(shown, by, others))
}

/** What the trusted one signed. null: somebody else did. */
type Judge = (signature: ImageSignature) => SignedText | Problem | null
type SignedText = { readonly text: Uint8Array } | { readonly statement: Uint8Array }

/** The others say something about an image (what is in it, how it was built), and not that it is released. */
function isElse(statement: Uint8Array): boolean {
  const read = readStatement(statement)
  return read !== null && read.predicateType !== 'https://sigstore.dev/cosign/sign/v1'
}

/** null: it is about this very image. */
function aboutOther(signed: SignedText, { image, digest }: ImageQuestion, shown: string): Problem | null {
  if ('text' in signed) return checkImagePayload(signed.text, image, digest)
  const statement = readStatement(signed.statement)
  if (statement === null) return imageRefused(shown, 'what is signed is no in-toto statement')
  return subjectDigest(statement, shown, digest) === null ? otherSubject(shown, digest) : null
}

const envelopeSchema = z.object({
  dsseEnvelope: z.object({
    payload: z.base64().max(1024 * 1024),
    payloadType: z.literal(statementType),
    signatures: z.array(z.object({ sig: z.base64().max(2048) })).length(1),
  }),
})

async function byKey(place: string): Promise<Judge> {
  const [key, { dsse }] = await Promise.all([readKey(place), import('@sigstore/core')])
  const holds = (bytes: Uint8Array, signature: string): boolean => {
    const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
    return verify(algorithm, bytes, key, Buffer.from(signature, 'base64'))
  }
  return (found) => {
    if (found.kind === 'text') return holds(found.payload, found.signature) ? { text: found.payload } : null
    const read = envelopeSchema.safeParse(found.bundle)
    if (!read.success) return null
    const { payload, payloadType, signatures } = read.data.dsseEnvelope
    const bytes = Buffer.from(payload, 'base64')
    return holds(dsse.preAuthEncoding(payloadType, bytes), signatures[0]?.sig ?? '') ? { statement: bytes } : null
  }
}

async function byIdentity(trust: Extract<CosignTrust, { kind: 'identity' }>, about: string): Promise<Judge> {
  const [{ openBundle }, { trustRoots }, { logged }] = await Promise.all([
    import('./bundle.ts'),
    import('./trust-root.ts'),
    import('./logged-signature.ts'),
  ])
  const roots = await trustRoots(trust.trustedRoot)
  const expected = { subject: trust.identity, issuer: trust.issuer, source: null }
  return (found) => {
    const bytes = found.kind === 'text' ? Buffer.from(found.payload) : null
    const bundle = found.kind === 'text' ? logged(found) : found.bundle
    const signed = openBundle({ bundle, roots, about, ...(bytes === null ? {} : { bytes }) })
    if ('code' in signed) return null
    const untrusted = compareSigner(signed.signer, expected, about)
    if (untrusted !== null) return untrusted
    if (bytes !== null) return { text: bytes }
    return signed.envelope?.type === statementType ? { statement: signed.envelope.payload } : null
  }
}

/** A key in the config itself is shown by what it begins with. */
export function shownKey(key: string): string {
  return isPem(key) ? 'the key in trust.cosign' : key
}

const isPem = (text: string): boolean => text.trimStart().startsWith('-----BEGIN ')

async function readKey(place: string): Promise<KeyObject> {
  const pem = isPem(place) ? place : await readText(place)
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) throw unusable(place, 'it is no public key in PEM')
  try {
    return createPublicKey(pem)
  } catch {
    throw unusable(place, 'it is no public key in PEM')
  }
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > keyBytesMax) throw unusable(path, 'it is too large')
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    throw code === null ? error : unusable(path, code)
  }
}

function unusable(place: string, why: string) {
  return fail('E_CONFIG_INVALID', `${shownKey(place)} cannot be used: ${why}`, {
    hint: 'Set trust.cosign.key to the file cosign.pub of the publisher, or to what stands in it.',
    facts: { why },
  })
}
