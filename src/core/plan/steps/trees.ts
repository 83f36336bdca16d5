import type { Digest, Spec } from '../../model/names.ts'
import type { Artifact } from '../../model/release.ts'
import type { SignatureDemand } from '../../trust/signature-demand.ts'
import type { StepBase, ServiceRef } from './base.ts'

/** Trees and single names on disk. */

export interface DownloadStep extends StepBase {
  readonly kind: 'download'
  readonly source: Spec
  readonly artifact: Artifact
  /** null: nobody stated one. Then `signature` says what proves it, or the rung is `tls`. */
  readonly digest: Digest | null
  /** Who stated the digest, for the message when it does not fit. */
  readonly statedBy: string | null
  /** What the bytes must be signed with besides; absent or null: nothing. */
  readonly signature?: SignatureDemand | null
  readonly to: string
  readonly bytesMax: number
}

export interface UnpackStep extends StepBase {
  readonly kind: 'unpack'
  readonly archive: string
  readonly archiveName: string
  readonly to: string
  /** The tree grows here and is renamed to `to` when it is whole. */
  readonly building: string
  /** Where `undo` keeps a tree that was already whole: the failed version is evidence. */
  readonly failed: string
  readonly user: string | null
}

export interface CarryStep extends StepBase {
  readonly kind: 'carry'
  readonly from: string
  readonly to: string
  readonly patterns: readonly string[]
}

export interface SyncStep extends StepBase {
  readonly kind: 'sync'
  readonly path: string
}

/** Environments of Python that `prepare` made in `tree` are told that they will stand in `to`. */
export interface RehomeStep extends StepBase {
  readonly kind: 'rehome'
  readonly tree: string
  readonly to: string
}

/**
 * `keep-folder`, while the old version runs: a second tree of the same files beside a folder that `prepare` will work in
 * where it stands (`kept`, in the same folder). `bring-back`, after the stop: nothing forward; its undo puts that tree in the
 * folder's place. Two steps, because the way back ends before the old version starts.
 */
export interface KeepFolderStep extends StepBase {
  readonly kind: 'keep-folder' | 'bring-back'
  readonly path: string
  readonly kept: string
}

export interface LinkStep extends StepBase {
  readonly kind: 'link'
  readonly link: string
  /** Link texts, relative to the link's folder. null: there was no link. */
  readonly to: string
  readonly from: string | null
  readonly temporary: string
}

export interface RenameStep extends StepBase {
  readonly kind: 'rename'
  readonly from: string
  readonly to: string
}

/** Folders from the outermost to the innermost; `undo` removes those that are empty again. */
export interface MkdirStep extends StepBase {
  readonly kind: 'mkdir'
  readonly paths: readonly string[]
}

export interface WriteStep extends StepBase {
  readonly kind: 'write'
  readonly path: string
  /** null removes the file. */
  readonly content: string | null
  readonly previous: string | null
  readonly mode: number
  readonly temporary: string
  /** Units' definitions changed: the service manager must read them again. */
  readonly reload: ServiceRef | null
}

export interface RemoveStep extends StepBase {
  readonly kind: 'remove'
  readonly path: string
}
