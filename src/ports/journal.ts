import type { RunId } from '../core/model/names.ts'
import type { Outcome } from '../core/model/release.ts'
import type { Entry, Recorded } from '../core/run/entry.ts'
import type { RunAction } from '../core/plan/plan.ts'

export interface RunSummary {
  readonly run: RunId
  readonly component: string
  readonly action: RunAction
  readonly from: string | null
  readonly to: string | null
  readonly openedAt: number
  readonly closedAt: number | null
  /** null: unfinished. `stuck` is unfinished too: resume tries again. */
  readonly outcome: Outcome | null
}

/**
 * The durable record of every run: one writer per run (its lock holder), any number of readers.
 * - `append` resolves when the entries are on disk, all of them or none, and never before; `opened` is the first entry of a run. It fails with
 *   E_DISK_FULL or E_IO and then nothing was recorded.
 * - `read` gives the entries in order of `seq`.
 * - Corruption is E_JOURNAL_UNREADABLE; a journal that was there and is gone is E_JOURNAL_MISSING: it is never made anew silently.
 */
export interface Journal {
  append(run: RunId, ...entries: readonly Entry[]): Promise<readonly Recorded[]>
  read(run: RunId): Promise<readonly Recorded[]>
  unfinished(): Promise<readonly RunSummary[]>
  runs(filter: { readonly component?: string; readonly limit: number }): Promise<readonly RunSummary[]>
  close(): void
}
