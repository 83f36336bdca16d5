/**
 * A signature over the bytes themselves, which the download must meet before it gets its name. All that is needed to
 * check it is in it: a plan outlives the config, and nothing of the release is asked again.
 */
export type SignatureDemand = {
  readonly kind: 'minisign'
  /** The public key: the line that begins with RW. */
  readonly key: string
  /** Base64 of its 64 bytes. */
  readonly signature: string
  /** Over BLAKE2b-512 of the file; false: over the file itself. */
  readonly prehashed: boolean
  /** The name of the signature's file. */
  readonly by: string
}

/** A signature over the file itself is checked with the whole of it in memory. */
export const wholeBytesMax = 64 * 1024 * 1024
