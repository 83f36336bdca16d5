/** What is at a path, in the terms of a file set. Modes are permission bits; a link has none of its own. */
export type FileState =
  | { readonly kind: 'file'; readonly sha256: string; readonly bytes: number; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'dir'; readonly mode: number }

/** `path` is relative to the root, with slashes. null: nothing is there. */
export interface FileChange {
  readonly path: string
  readonly from: FileState | null
  readonly to: FileState | null
}
