import type { Digest } from '../../core/model/names.ts'

/** A file of a release as it lies on disk. */
export interface ServedFile {
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number
  readonly digest: Digest
}

export interface ServedRelease {
  readonly tag: string
  readonly version: string
  readonly name: string | null
  readonly notes: string | null
  readonly prerelease: boolean
  /** ISO 8601. */
  readonly publishedAt: string
  readonly files: readonly ServedFile[]
}
