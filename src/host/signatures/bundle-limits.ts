import { z } from 'zod'

/**
 * What a bundle may hold, looked at before the libraries parse it: certificates and timestamps are parsed by recursion,
 * and every entry costs signatures to check. Real bundles hold one entry and some 11 KB.
 */
export const bundleBytesMax = 6 * 1024 * 1024
const base64Max = (bytes: number) => z.string().max(Math.ceil(bytes / 3) * 4 + 4)
const derText = base64Max(16 * 1024)
const few = 4

const certificate = z.object({ rawBytes: derText })

const proof = z.object({
  hashes: z.array(z.string().max(100)).max(64).optional(),
  checkpoint: z.object({ envelope: z.string().max(16 * 1024) }).optional(),
})

const entry = z.object({
  // The body repeats certificate and signature, and in old bundles the whole signed text.
  canonicalizedBody: base64Max(bundleBytesMax).optional(),
  inclusionProof: proof.optional(),
  inclusionPromise: z.object({ signedEntryTimestamp: derText }).optional(),
})

export const bundleLimits = z.object({
  mediaType: z.string().max(200),
  verificationMaterial: z.object({
    certificate: certificate.optional(),
    x509CertificateChain: z.object({ certificates: z.array(certificate).min(1).max(few) }).optional(),
    publicKey: z.object({ hint: z.string().max(500).optional() }).optional(),
    tlogEntries: z.array(entry).max(few).optional(),
    timestampVerificationData: z
      .object({
        rfc3161Timestamps: z
          .array(z.object({ signedTimestamp: derText }))
          .max(few)
          .optional(),
      })
      .nullish(),
  }),
  dsseEnvelope: z
    .object({
      // One that counts: the libraries look at the first alone, and others would look signed too.
      signatures: z.array(z.object({ sig: derText })).length(1, 'it must have one signature'),
    })
    .optional(),
})
