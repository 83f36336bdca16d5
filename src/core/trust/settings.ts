import type { Rung } from '../model/release.ts'

/** `trust` of a component: whose word counts, and how much of it there has to be. Paths are absolute. */
export interface TrustSettings {
  /** The lowest rung that is installed. */
  readonly require: Rung
  /** What the publisher signs this component as; null: its own name, its aliases, and its project's at the source. */
  readonly product: string | null
  /** Public keys of minisign: each the line that begins with RW, or the path of its file. */
  readonly minisign: readonly string[]
  readonly attestation: AttestationTrust | null
  readonly cosign: CosignTrust | null
  readonly git: GitTrust | null
}

/** Files of keys: as ssh-keygen takes it, and as gpg exports them. null: no such signature counts. */
export interface GitTrust {
  readonly allowedSigners: string | null
  readonly keyring: string | null
}

export interface AttestationTrust {
  readonly repo: string
  readonly workflow: string
  /** null: the tag of the release. */
  readonly ref: string | null
  /** null: GitHub's. */
  readonly issuer: string | null
  /** null: the public instance of Sigstore. */
  readonly trustedRoot: string | null
}

export type CosignTrust =
  | { readonly kind: 'key'; readonly key: string }
  | {
      readonly kind: 'identity'
      readonly identity: string
      readonly issuer: string
      /** null: the public instance of Sigstore. */
      readonly trustedRoot: string | null
    }

/** For what names no key at all. */
export function requireOnly(require: Rung): TrustSettings {
  return { require, product: null, minisign: [], attestation: null, cosign: null, git: null }
}
