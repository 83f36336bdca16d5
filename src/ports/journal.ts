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

/** A run with its place in the order in which runs were opened here, which no clock changes. */
export interface NumberedRun extends RunSummary {
  readonly number: number
}

export interface RunTotal {
  readonly component: string
  readonly action: RunAction
  readonly outcome: Outcome | null
  readonly count: number
}

/**
 * The durable record of every run: one writer per run (its lock holder), any number of readers.
 * - `append` resolves when the entries are on disk, all of them or none, and never before; `opened` is the first entry of a run. It fails with
 *   E_DISK_FULL or E_IO and then nothing was recorded.
 * - `read` gives the entries in order of `seq`.
 * - `version` is another number when a process or a connection besides this one has written since.
 * - Corruption is E_JOURNAL_UNREADABLE; a journal that was there and is gone is E_JOURNAL_MISSING: it is never made anew silently.
 */
export interface Journal {
  append(run: RunId, ...entries: readonly Entry[]): Promise<readonly Recorded[]>
  read(run: RunId): Promise<readonly Recorded[]>
  unfinished(): Promise<readonly RunSummary[]>
  /** Newest first. `before`: only those older than that run; none when there is no such run. */
  runs(filter: {
    readonly component?: string
    readonly before?: RunId
    readonly limit: number
  }): Promise<readonly RunSummary[]>
  version(): number
  /** How many runs of each kind there were; those that are not closed have no outcome. */
  totals(): Promise<readonly RunTotal[]>
  close(): void
}

/** What a watcher reads, which keeps a cursor of its own. It writes nothing. */
export interface JournalWatch extends Pick<Journal, 'read' | 'runs' | 'close'> {
  /**
   * Those opened after the run of that number, in their order. For watchers that keep a cursor of their own: a run that
   * was not closed for good yet (null or `stuck`) may be later.
   */
  after(number: number, limit: number): Promise<readonly NumberedRun[]>
  /** The number of the run that was opened last; 0: there is none. */
  lastNumber(): Promise<number>
}
