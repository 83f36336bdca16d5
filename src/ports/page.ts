export const pageEncodings = ['br', 'gzip'] as const
/** How a file was packed when the page was built, best first. */
export type PageEncoding = (typeof pageEncodings)[number]

export interface PageFile {
  /** What `content-type` says. */
  readonly type: string
  /** Of its content, not of its packed form. */
  readonly hash: string
  /** Its name changes with its content: it may be kept for ever. */
  readonly immutable: boolean
  readonly encodings: readonly PageEncoding[]
}

/** The page as it was built. */
export interface Page {
  /** Each file by its path on the page, such as `/index.html`; nothing else is ever read. null: the page is not built. */
  files(): Promise<ReadonlyMap<string, PageFile> | null>
  /** One of `files`. null: it is gone, the page was built anew in this moment. */
  read(path: string, encoding: PageEncoding | null): Promise<Uint8Array<ArrayBuffer> | null>
}
