import type { SignatureDemand } from '../trust/signature-demand.ts'
import type { Digest } from './names.ts'
import type { Problem } from './problem.ts'

/** A file that a release offers. `bytes` and `digest` are what the source states, null when it states nothing. */
export interface Artifact {
  readonly name: string
  readonly url: string
  readonly bytes: number | null
  readonly digest: Digest | null
}

/**
 * One published version as a source describes it.
 * `artifact` is the file the component's `asset` pattern chose (null: none fits, `assets` says what there was);
 * `checksums` are the files that may state its SHA-256, best first.
 */
export interface Release {
  readonly version: string
  readonly tag: string
  readonly title: string | null
  readonly notes: string | null
  readonly url: string | null
  /** ISO 8601, null when the source does not say. */
  readonly publishedAt: string | null
  readonly prerelease: boolean
  readonly artifact: Artifact | null
  readonly checksums: readonly Artifact[]
  readonly assets: readonly string[]
  /** All its files with their addresses: signatures, attestations and manifests are among them. Absent: not known. */
  readonly files?: readonly Artifact[]
  /** What the source proved of the artifact's digest by itself, and who vouches for it; absent: nothing. */
  readonly proof?: Proof
}

/** The rungs of trust, lowest first. */
export const rungs = ['tls', 'checksum', 'signature', 'attestation', 'tuf'] as const
export type Rung = (typeof rungs)[number]

/** Who vouches. `by`, as it is shown: a key, a workflow at its ref, an identity, the signed file of a role. */
export interface Proof {
  readonly rung: Rung
  readonly kind: 'minisign' | 'attestation' | 'cosign' | 'git' | 'tuf'
  readonly by: string
}

declare const verified: unique symbol
declare const met: unique symbol

/**
 * The path of a file that has met what was demanded of it: the only thing that is unpacked. Minted by
 * `host/http/download.ts` alone.
 */
export type VerifiedArtifact = string & { readonly [met]: true }

/**
 * A release whose artifact has a demand that the download must meet: the only release a strategy accepts.
 * Minted by `core/trust/demand.ts` alone.
 */
export interface VerifiedRelease {
  readonly release: Release
  readonly artifact: Artifact
  readonly rung: Rung
  /** null: nobody states one; then the rung is `tls`, or `signature` or `proof` say what was signed instead. */
  readonly digest: Digest | null
  /** Where the digest was stated: `api`, or the checksum file's name. */
  readonly statedBy: string | null
  /** null on the rungs `tls` and `checksum`. */
  readonly proof: Proof | null
  /** What the bytes must be signed with; null: the digest says it all. */
  readonly signature: SignatureDemand | null
  /** Proofs that the config names keys for and that are not there, though it asks for less. */
  readonly missing: readonly Problem[]
  readonly [verified]: true
}

export type Outcome = 'committed' | 'rolled-back' | 'failed' | 'stuck'

/** How the installed version stands to the newest release. `unknown`: one of the two cannot be read. */
export type Relation = 'current' | 'older' | 'local-newer' | 'unknown'

export type HoldReason =
  | { readonly kind: 'hold'; readonly pattern: string }
  /** `until` is null where the source does not say when it was published: no time makes it old enough. */
  | { readonly kind: 'min-age'; readonly until: string | null }
  | { readonly kind: 'failed-before'; readonly run: string }
  /** The policy `auto` does not take this step unasked. */
  | { readonly kind: 'auto'; readonly auto: 'none' | 'patch' | 'minor' | 'all' }
  | { readonly kind: 'window'; readonly opens: string | null }
  | { readonly kind: 'requires'; readonly component: string; readonly range: string; readonly found: string | null }

/** `current` covers "local newer" too: there is nothing to install. */
export type Decision =
  | { readonly kind: 'current'; readonly relation: Relation; readonly latest: Release | null }
  | { readonly kind: 'candidate'; readonly release: Release }
  | { readonly kind: 'held'; readonly release: Release; readonly by: HoldReason }
