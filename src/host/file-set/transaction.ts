import type { Owner } from '../tree/copy-entry.ts'
import type { HelperArgv } from './helper.ts'

/**
 * The file transaction: files of a tree that stays where it is become other files, all or none of them, also when the
 * power fails at any instant. Three things make it so:
 * - What is there is looked at first. If any of it is neither old nor new, nothing is touched.
 * - Old contents are kept in `saved`, and every new one waits on the same file system, both on disk, before the first
 *   name changes. What is left to do are renames, which need no room.
 * - The list in `saved` says what was and what is to be, path by path. Each path can be finished or taken back from
 *   whatever state a crash left it in, so both directions are the same walk over that list.
 */
export interface Transaction {
  readonly root: string
  /** The file set. */
  readonly set: string
  /** Made by the transaction; taken away again by its undo, unless it holds what somebody else wrote. */
  readonly saved: string
  readonly run: string
  readonly versions: { readonly from: string | null; readonly to: string | null }
  /** Of new files and folders, as root; what replaces a file has that one's owner. null: whoever runs this. */
  readonly owner: Owner | null
  readonly helper: HelperArgv | null
  /** Patterns of paths that may be left out where nothing can write them. */
  readonly optional: readonly string[]
  /** What is neither old nor new: refuse, or keep it in `saved` like an old content and go on. */
  readonly edited: 'refuse' | 'save'
  /**
   * A file elsewhere that says what is installed; it changes with the tree. `next`: what becomes of it; where that is
   * missing, nothing does. null: there is none.
   */
  readonly record: { readonly path: string; readonly next: string } | null
}

export interface Done {
  readonly files: number
  readonly bytes: number
  readonly skipped: readonly string[]
  readonly warnings: readonly string[]
}

export interface Watch {
  readonly signal: AbortSignal
  readonly progress: (doneBytes: number, totalBytes: number | null, message?: string) => void
}
