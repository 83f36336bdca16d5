import type { FileChange } from '../../files/change.ts'
import type { BaseFile } from '../../files/local.ts'
import type { Spec } from '../../model/names.ts'
import type { Artifact } from '../../model/release.ts'
import type { StepBase } from './base.ts'

/** Files of a tree that stays where it is. */

/** What stands at a path, as much as must be known so that nobody else's change is replaced. null: nothing. */
export type SeenFile = { readonly sha256: string } | { readonly link: string } | null

/** `to`: an entry of the commit, and where its content is had; null: the path goes. */
export interface FetchChange {
  readonly path: string
  readonly from: SeenFile
  readonly to: { readonly mode: BaseFile['mode']; readonly blob: string; readonly file: Artifact } | null
  /** Its lines end with CR LF on this host, where the attributes of the tree do not say otherwise. */
  readonly crlf: boolean
}

/**
 * Brings the files of one commit that differ, each proven by its git object id, and makes the file set `set` of them.
 * `archive`: the whole commit, where that costs less than single files; what it lacks comes one by one all the same.
 */
export interface FetchFilesStep extends StepBase {
  readonly kind: 'fetch-files'
  readonly source: Spec
  readonly commit: string
  readonly root: string
  readonly set: string
  readonly archive: Artifact | null
  readonly changes: readonly FetchChange[]
  /** The commit's `.gitattributes`, by path. */
  readonly attributes: readonly string[]
  readonly record: RecordChange
}

/**
 * What becomes of the record of what is installed. `base`: the commit of the present record, which `files` changes; null:
 * `files` is all of it. A file without an entry in `files` that the step fetches gets one from what it fetched.
 */
export interface RecordChange {
  readonly path: string
  readonly base: string | null
  readonly files: readonly (readonly [path: string, file: BaseFile | null])[]
}

/** Makes a file set of contents that are kept on this host: the way back, without any network. */
export interface GatherFilesStep extends StepBase {
  readonly kind: 'gather-files'
  readonly root: string
  readonly set: string
  readonly changes: readonly { readonly change: FileChange; readonly content: string | null }[]
  /** The record that belongs to that version; null: none was kept. */
  readonly record: string | null
}

/**
 * The file transaction: installs the file set `set` in `root`, all of it or nothing. `saved` is made by it: what the
 * files were, both for its undo and as the version to go back to. Patterns as everywhere.
 */
export interface FilesStep extends StepBase {
  readonly kind: 'files'
  readonly root: string
  readonly set: string
  readonly saved: string
  readonly versions: { readonly from: string | null; readonly to: string | null }
  /** Who owns what is new; what replaces a file has that one's owner. null: whoever runs belay. */
  readonly owner: string | null
  /** A program that may write what belay may not, with its first words; null: none. */
  readonly helper: readonly [string, ...string[]] | null
  /** What may be left out where nothing can write it. */
  readonly optional: readonly string[]
  /** What is neither old nor new by the set: refuse, or keep it in `saved` like an old file and go on. */
  readonly edited: 'refuse' | 'save'
  /** A file elsewhere that becomes the set's `record.json` with the files, and is kept as `record.json` in `saved`. */
  readonly record: string | null
}

/** Makes the file set `set`, which turns what is in `root` into the whole new tree `from`. */
export interface TreeDiffStep extends StepBase {
  readonly kind: 'tree-diff'
  readonly from: string
  readonly root: string
  readonly set: string
  /** Never touched, whatever `from` has. */
  readonly protect: readonly string[]
  /** What is there stays as it is; what is not, comes. */
  readonly keep: readonly string[]
  /** Of the transaction to come: what nothing may write is refused here, while the old version still runs. */
  readonly helper: boolean
  readonly optional: readonly string[]
}
