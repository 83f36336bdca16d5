import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { ImageSignature } from './image-signature.ts'

/** What Rekor answered when a signature was put into it, as cosign keeps it beside the signature. */
const logSchema = z.object({
  SignedEntryTimestamp: z.string().max(4096),
  Payload: z.object({
    body: z.base64().max(64 * 1024),
    integratedTime: z.int(),
    logIndex: z.int(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
})
const bodySchema = z.object({
  apiVersion: z.string().max(20),
  kind: z.string().max(20),
  spec: z.object({ data: z.object({ hash: z.object({ value: z.string().regex(/^[0-9a-f]{64}$/) }) }) }),
})

/** The older form of a signature as the bundle that would be made of it today. null: something is missing. */
export function logged(found: Extract<ImageSignature, { kind: 'text' }>): unknown {
  const log = logSchema.safeParse(found.log)
  const certificate = derOf(found.certificate)
  if (!log.success || certificate === null) return null
  const { SignedEntryTimestamp: signedEntryTimestamp, Payload: entry } = log.data
  const body = bodySchema.safeParse(jsonIn(entry.body))
  if (!body.success) return null
  const { kind, apiVersion: version, spec } = body.data
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate }] },
      tlogEntries: [
        {
          logIndex: String(entry.logIndex),
          logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
          kindVersion: { kind, version },
          integratedTime: String(entry.integratedTime),
          inclusionPromise: { signedEntryTimestamp },
          canonicalizedBody: entry.body,
        },
      ],
    },
    messageSignature: {
      // Compared with the entry by the library; the signature itself is checked over the bytes.
      messageDigest: { algorithm: 'SHA2_256', digest: Buffer.from(spec.data.hash.value, 'hex').toString('base64') },
      signature: found.signature,
    },
  }
}

function derOf(pem: string | null): string | null {
  try {
    return pem === null ? null : new X509Certificate(pem).raw.toString('base64')
  } catch {
    return null
  }
}

function jsonIn(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
  } catch {
    return undefined
  }
}
