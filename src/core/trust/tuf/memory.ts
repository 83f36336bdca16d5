/**
 * What a host has seen of a repository, so that it is never shown an older one. It outlives the metadata files
 * themselves: a torn file is fetched again, but never an older one in its place.
 */
import type { Root } from '@tufjs/models'
import type { Document } from './metadata.ts'
import { materialsOf } from './keys.ts'

/** One online role as it was last trusted. */
export interface Seen {
  readonly version: number
  /** SHA-256 of what was signed: the same version never says something else. */
  readonly digest: string
  /** The keys that had signed it, by what they are (`signersOf`). */
  readonly signers: readonly string[]
}

/** Releases of one product and channel. */
export interface SeenReleases {
  /** The highest number seen. */
  readonly seq: number
  /** The lowest number that may still be installed. */
  readonly floor: number
}

/** Everything in it only ever rises, but for what a rotated key takes with it. */
export interface TrustMemory {
  /** SHA-256 of the root that the config pinned. */
  readonly pinned: string | null
  readonly root: number
  readonly timestamp: Seen | null
  readonly snapshot: Seen | null
  /** Versions of the files that the snapshot names, `stable.json` → 4. They stand and fall with `snapshot`. */
  readonly named: Readonly<Record<string, number>>
  readonly releases: Readonly<Record<string, SeenReleases>>
  /** When a whole cycle last held: then the clock was not past the date of anything. Milliseconds. */
  readonly trustedMs: number
}

export const noMemory: TrustMemory = {
  pinned: null,
  root: 0,
  timestamp: null,
  snapshot: null,
  named: {},
  releases: {},
  trustedMs: 0,
}

/**
 * What of the memory still counts under a root. A version that was signed by keys which the root no longer trusts may
 * have been made by a thief, up to 2^53: with the key goes the memory, or nobody could ever sign a higher one
 * (spec 5.3.11, fast-forward recovery). Nothing else is forgotten.
 */
export function underRoot(memory: TrustMemory, { signed }: Document<Root>): TrustMemory {
  const holds = (name: 'timestamp' | 'snapshot'): boolean => {
    const role = signed.roles[name]
    const seen = memory[name]
    if (role === undefined || seen === null) return false
    const trusted = materialsOf({ keys: signed.keys, role })
    return seen.signers.filter((signer) => trusted.has(signer)).length >= role.threshold
  }
  const snapshot = holds('snapshot')
  return {
    ...memory,
    timestamp: holds('timestamp') ? memory.timestamp : null,
    snapshot: snapshot ? memory.snapshot : null,
    named: snapshot ? memory.named : {},
  }
}

/** What time it is for a cycle: a clock that was set back does not make old metadata new again. */
export function effectiveNow(systemMs: number, builtMs: number, memory: TrustMemory): number {
  return Math.max(systemMs, builtMs, memory.trustedMs)
}
