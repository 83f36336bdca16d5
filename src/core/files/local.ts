/** What stands at a path of the tree, in the terms of git. */
export type LocalFile =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'file'
      /** The git object id of the content as it is. */
      readonly blob: string
      /** The same with LF ends, where it is a text with CR LF ends: what git would have of it. */
      readonly lf: string | null
      readonly sha256: string
      readonly bytes: number
      readonly mode: number
    }
  | { readonly kind: 'link'; readonly target: string; readonly blob: string }
  /** A folder, or a device or the like: nothing that a listing could mean. */
  | { readonly kind: 'folder' | 'special' }
  /** Below a folder that is a link on this host: what is written there lands elsewhere. */
  | { readonly kind: 'behind-link'; readonly link: string }

export const absent: LocalFile = { kind: 'absent' }

/** What the listing of a commit says of a path. Modes as git spells them. */
export interface GitFile {
  readonly mode: '100644' | '100755' | '120000'
  readonly blob: string
}

/** The same of what was installed. `sha256`: of what was put on disk; null: the file there is not from this commit. */
export interface BaseFile extends GitFile {
  readonly sha256: string | null
  /** On disk its lines end with CR LF, in git with LF. */
  readonly crlf?: true
}

export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0
}

/** Whether a checkout of `file` would leave what stands there, modes aside. */
export function sameContent(local: LocalFile, file: GitFile): boolean {
  if (file.mode === '120000') return local.kind === 'link' && local.blob === file.blob
  return local.kind === 'file' && (local.blob === file.blob || local.lf === file.blob)
}

/** Whether nobody has changed it since it was installed. */
export function isClean(local: LocalFile, base: BaseFile): boolean {
  return sameContent(local, base) || (local.kind === 'file' && base.sha256 !== null && local.sha256 === base.sha256)
}

/** Whether it was checked out with CR LF where git has LF. */
export function isCrlf(local: LocalFile, base: BaseFile): boolean {
  if (local.kind !== 'file') return false
  return (local.lf === base.blob && local.blob !== base.blob) || (base.crlf === true && local.sha256 === base.sha256)
}
