/**
 * Parties: whoever serves a bundle, who may serve any bundle that exists, or one of their own making; the authorities of
 * a Sigstore instance, whose keys are in the trust root; and the clock, which is not asked: a certificate lives minutes,
 * and counts where a log or a timestamp authority says that it was used within them. This file says what was signed and
 * by whom; whether that is trusted, and is about the file at hand, is decided from that in core/trust/sigstore.
 */
import { X509Certificate } from 'node:crypto'
import { bundleFromJSON, type Bundle } from '@sigstore/bundle'
import type { TrustedRoot } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import type { Signer as VerifiedSigner } from '@sigstore/verify'
import type { Problem } from '../../core/model/problem.ts'
import type { Signer } from '../../core/trust/sigstore/build-policy.ts'
import { bundleRefused, bundleUnreadable } from '../../core/trust/sigstore/failures.ts'
import { bundleLimits } from './bundle-limits.ts'

export interface Signed {
  readonly signer: Signer
  /** What is in the envelope; null: the signature is one of bytes that lie elsewhere, and were given. */
  readonly envelope: { readonly type: string; readonly payload: Uint8Array } | null
}

export interface Question {
  /** A bundle as it was served: its JSON. */
  readonly bundle: unknown
  readonly roots: readonly TrustedRoot[]
  /** For messages. */
  readonly about: string
  /** What a bundle without an envelope signs. */
  readonly bytes?: Buffer
}

/** Who signed what, proven by one of the roots. E_SIGNATURE_INVALID with the reason. */
export function openBundle(question: Question): Signed | Problem {
  const { bundle: json, roots, about, bytes } = question
  const limits = bundleLimits.safeParse(json)
  if (!limits.success) return bundleUnreadable(about, reasonOf(limits.error.issues[0]))
  const bundle = tried(() => bundleFromJSON(json))
  if (bundle instanceof Error) return bundleUnreadable(about, bundle.message)
  let last: Problem | null = null
  for (const root of roots) {
    // Node reads certificates more strictly than the library: what only one of the two can read is refused.
    const signer = tried(() => describe(bundle, verify(bundle, root, bytes)))
    if (!(signer instanceof Error)) return { signer, envelope: envelopeOf(bundle) }
    last = bundleRefused(about, whyOf(signer))
  }
  return last ?? bundleRefused(about, 'no Sigstore instance is trusted')
}

/** How much must be shown follows from what the instance has: one without logs (GitHub's own) dates by timestamps. */
function verify(bundle: Bundle, root: TrustedRoot, bytes: Buffer | undefined): VerifiedSigner {
  const verifier = new Verifier(toTrustMaterial(root), {
    tlogThreshold: root.tlogs.length === 0 ? 0 : 1,
    ctlogThreshold: root.ctlogs.length === 0 ? 0 : 1,
    timestampThreshold: 1,
  })
  return verifier.verify(toSignedEntity(bundle, bytes))
}

/** Extensions of Fulcio's certificates: UTF-8 texts in DER, except the first one's old form. */
const oids = { issuer: '1.3.6.1.4.1.57264.1.8', repository: '1.3.6.1.4.1.57264.1.12', ref: '1.3.6.1.4.1.57264.1.14' }

function describe(bundle: Bundle, { identity }: VerifiedSigner): Signer {
  const text = (id: string): string | null => {
    const found = identity?.oids?.filter(({ oid }) => oid?.id.join('.') === id) ?? []
    const [only] = found
    return found.length !== 1 || only === undefined ? null : derText(only.value)
  }
  return {
    subject: subjectOf(bundle),
    issuer: text(oids.issuer),
    repository: text(oids.repository),
    ref: text(oids.ref),
  }
}

/**
 * The certificate's one name, read by Node: it puts names that hold anything odd in quotes, and more than one name side
 * by side, so that neither is equal to a name that somebody trusts.
 */
function subjectOf({ verificationMaterial: { content } }: Bundle): string | null {
  const der =
    content.$case === 'certificate'
      ? content.certificate.rawBytes
      : content.$case === 'x509CertificateChain'
        ? content.x509CertificateChain.certificates[0]?.rawBytes
        : undefined
  if (der === undefined) return null
  const [, kind, name = ''] = /^(URI|email):([^\s,"]+)$/.exec(new X509Certificate(der).subjectAltName ?? '') ?? []
  // An address of mail that reads like a workflow is none.
  return (kind === 'URI') === name.includes('://') && name !== '' ? name : null
}

/** One UTF8String, whole. */
function derText(der: Uint8Array): string | null {
  const [tag, first = 0x80, ...rest] = der.subarray(0, 4)
  if (tag !== 0x0c) return null
  const wide = first & 0x7f
  if (first >= 0x80 && (wide < 1 || wide > 2)) return null
  const start = first < 0x80 ? 2 : 2 + wide
  const length = first < 0x80 ? first : rest.slice(0, wide).reduce((sum, byte) => sum * 256 + byte, 0)
  if (der.length !== start + length) return null
  return Buffer.from(der.subarray(start)).toString('utf8')
}

function envelopeOf({ content }: Bundle): Signed['envelope'] {
  if (content.$case !== 'dsseEnvelope') return null
  return { type: content.dsseEnvelope.payloadType, payload: content.dsseEnvelope.payload }
}

function tried<T>(work: () => T): T | Error {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function whyOf(error: Error): string {
  const { cause } = error
  return cause instanceof Error && cause.message !== '' ? `${error.message} (${cause.message})` : error.message
}

function reasonOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  if (issue === undefined) return 'it is no Sigstore bundle'
  const place = issue.path.map(String).join('.')
  return place === '' ? 'it is no Sigstore bundle' : `${place}: ${issue.message}`
}
