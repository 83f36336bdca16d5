import type { ZodType } from 'zod'
import type { BackupRef, RestoreRef } from '../core/plan/step.ts'

/** What a backup's `backup.json` says. Sizes in bytes, times ISO 8601. */
export interface BackupRecord {
  readonly v: 1
  readonly component: string
  readonly kind: string
  readonly source: string
  readonly created: string
  readonly version: string | null
  readonly run: string | null
  readonly bytes: number
  readonly files: number
  /** SHA-256 of the saved data, as the kind computes it: `verify` reads everything back and compares. */
  readonly sha256: string
  readonly left: readonly string[]
  /** What a person should know of it. */
  readonly notes?: readonly string[]
}

export interface BackupInput {
  readonly ref: BackupRef
  readonly version: string | null
  readonly run: string | null
  readonly signal: AbortSignal
}

/**
 * Saves data of a component and puts it back.
 * - `create` builds in `ref.dir` + `.partial` and renames when it is whole, synced and verified by reading back: a folder
 *   `ref.dir` with a `backup.json` is a good backup, anything else is garbage. Idempotent: a good one is returned as it is.
 *   A file that cannot be read stops it (E_BACKUP_FAILED) unless the config declares it optional.
 * - `restore` moves the present data to `aside` first (never twice: an `aside` that exists was made by this run) and then
 *   puts the copy in place; replay after a crash at any point ends in the same state. The service is stopped meanwhile.
 * - `unrestore` undoes that: the data from `aside` comes back. Safe when `restore` never ran.
 */
export interface Backup<C> {
  readonly kind: string
  readonly config: ZodType<C>
  describe(config: C): string
  /** What of the world it saves, as `backup.json` says it: the same for every backup of the same data. */
  source(config: C): string
  /** The paths that it reads, for disk planning and locks. */
  paths(config: C): readonly string[]
  needBytes(config: C): Promise<number>
  create(config: C, input: BackupInput): Promise<BackupRecord>
  verify(config: C, ref: BackupRef): Promise<BackupRecord>
  restore(config: C, ref: RestoreRef, signal: AbortSignal): Promise<void>
  unrestore(config: C, ref: RestoreRef, signal: AbortSignal): Promise<void>
  /**
   * Where the data as it was is kept, when that is not in `aside` itself, and how to be rid of it: one sentence for
   * people, without secrets. Asked before anything is done.
   */
  keptAs?(config: C, aside: string): Promise<string>
  /** Removes what restores with this `aside` left outside of it. Idempotent. */
  discard?(config: C, aside: string, signal: AbortSignal): Promise<void>
}
