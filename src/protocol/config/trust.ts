import { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import { isBranch } from '../../core/policy/follows.ts'
import { isGenerated } from '../../core/release/asset.ts'
import { type Rung, rungs } from '../../core/model/release.ts'
import type { AttestationTrust, CosignTrust, TrustSettings } from '../../core/trust/settings.ts'
import { readMinisignKey } from '../../core/trust/minisign.ts'
import { isKeyText } from './key-text.ts'

const keysMax = 20
const path = z.string().min(1).max(4096)
const identity = z.string().min(1).max(1000).regex(/^\S+$/, 'write it without spaces')
const address = z.url({ protocol: /^https$/, error: 'write a whole address, beginning with https://' })

export function trustSchema() {
  return z
    .strictObject({
      require: z
        .enum(rungs)
        .optional()
        .describe(
          'The lowest proof that is installed. Left out: what the keys below can prove; without keys checksum, and tls for branches and the generated source archives.',
        ),
      checksum: z.literal('required').optional().describe('The same as require: checksum.'),
      product: identity
        .optional()
        .describe(
          "What the publisher signs this component as. Left out: its own name, its aliases, or its project's name at the source.",
        ),
      keys: z
        .strictObject({
          minisign: z
            .array(
              path.refine((text) => !isKeyText(text) || readMinisignKey(text) !== null, {
                message: 'is no public key of minisign: one has 56 characters and begins with RW',
              }),
            )
            .max(keysMax)
            .default([])
            .describe('Public keys: each the line that begins with RW, or the path of its .pub file.'),
        })
        .prefault({})
        .describe('Whose signatures beside the files count (NAME.minisig, SHA256SUMS.minisig).'),
      attestation: attestationSchema().optional(),
      cosign: cosignSchema().optional(),
      git: gitSchema().optional(),
    })
    .refine(({ require, checksum }) => require === undefined || checksum === undefined, {
      message: 'require and checksum say the same: keep require',
      path: ['checksum'],
    })
    .describe('What must prove that a download is genuine.')
}

function attestationSchema() {
  return z
    .strictObject({
      repo: identity.describe('The repository whose builds count: owner/name at github.com, or its whole address.'),
      workflow: identity.describe(
        'The file of the workflow that builds releases, such as release.yml; owner/name/.github/workflows/x.yml@ref for one of another repository.',
      ),
      ref: identity
        .optional()
        .describe('What it must have been built from; {tag} and {version} stand in it. Left out: refs/tags/{tag}.'),
      issuer: address.optional().describe("Who said to Sigstore which workflow it was. Left out: GitHub's."),
      trusted_root: path
        .optional()
        .describe('The file of another instance of Sigstore. Left out: the public one, stored with Belay.'),
    })
    .describe('Which build must have made the release (artifact attestation, a Sigstore bundle).')
}

function cosignSchema() {
  return z
    .strictObject({
      key: path.optional().describe('The public key (PEM), or the path of its file.'),
      identity: identity
        .optional()
        .describe('Who signed without a key of their own: an address, or a workflow at its ref.'),
      issuer: address.optional().describe('Who vouched for that identity.'),
      trusted_root: path
        .optional()
        .describe('The file of another instance of Sigstore. Left out: the public one, stored with Belay.'),
    })
    .refine(({ key, identity: who, issuer }) => (key === undefined) === (who !== undefined && issuer !== undefined), {
      message: 'write either key, or identity and issuer',
    })
    .describe('Whose signatures of images count, for source: oci.')
}

function gitSchema() {
  return z
    .strictObject({
      allowed_signers: path
        .optional()
        .describe('A file of ssh keys as ssh-keygen and git take it (gpg.ssh.allowedSignersFile).'),
      keyring: path.optional().describe('A file of public keys as gpg --export writes it; all of them count.'),
    })
    .refine(({ allowed_signers: signers, keyring }) => signers !== undefined || keyring !== undefined, {
      message: 'write allowed_signers, or keyring',
    })
    .describe('Whose signatures of tags and commits count, for source: git.')
}

type TrustFile = z.infer<ReturnType<typeof trustSchema>>

export function trustSettings(trust: TrustFile, source: Spec): TrustSettings {
  const { keys, attestation, cosign, git, product } = trust
  return {
    require: requiredRung(trust, source),
    product: product ?? null,
    minisign: keys.minisign,
    attestation: attestation === undefined ? null : attestationSettings(attestation),
    cosign: cosign === undefined ? null : cosignSettings(cosign),
    git: git === undefined ? null : { allowedSigners: git.allowed_signers ?? null, keyring: git.keyring ?? null },
  }
}

function attestationSettings(file: NonNullable<TrustFile['attestation']>): AttestationTrust {
  const { repo, workflow, ref, issuer, trusted_root } = file
  return { repo, workflow, ref: ref ?? null, issuer: issuer ?? null, trustedRoot: trusted_root ?? null }
}

function cosignSettings(file: NonNullable<TrustFile['cosign']>): CosignTrust | null {
  const { key, identity: who, issuer, trusted_root: root } = file
  if (key !== undefined) return { kind: 'key', key }
  return who === undefined || issuer === undefined
    ? null
    : { kind: 'identity', identity: who, issuer, trustedRoot: root ?? null }
}

/**
 * What a download must be proven by when the config does not say. Who names keys wants their proof: else whoever takes
 * the signature away is let in. Without any a checksum, since someone cautious would rather be stopped once and write
 * `trust: { require: tls }` than install what nobody vouched for. Who names a generated source archive as asset, or
 * follows a branch, has said so already: nobody can publish its checksum, and the plan warns.
 */
function requiredRung(trust: TrustFile, source: Spec): Rung {
  if (trust.require !== undefined) return trust.require
  if (trust.checksum !== undefined) return 'checksum'
  if (trust.keys.minisign.length > 0 || trust.cosign !== undefined || trust.git !== undefined) return 'signature'
  if (trust.attestation !== undefined) return 'attestation'
  return isGenerated(source['asset']) || isBranch(source.type) ? 'tls' : 'checksum'
}
