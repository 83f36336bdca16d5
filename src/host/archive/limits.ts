/** What an archive may cost before it is refused. Every number is checked before the bytes it speaks of are written. */
export interface ArchiveLimits {
  /** Entries of any kind, directories included. */
  readonly entriesMax: number
  /** Expanded bytes in all, archive headers included. */
  readonly totalBytesMax: number
  /** Expanded bytes per compressed byte, asked only once more than `ratioFromBytes` came out. */
  readonly ratioMax: number
  readonly ratioFromBytes: number
  /** Bytes of one path inside the archive, in UTF-8. */
  readonly pathBytesMax: number
  /** Bytes of one path segment: what common file systems allow. */
  readonly segmentBytesMax: number
  readonly depthMax: number
  /** Bytes of all the names together: they are kept in memory to find duplicates. */
  readonly namesBytesMax: number
  /** Window of a zstd archive as a power of two: the memory the decoder takes. 25 is 32 MiB, all that `zstd -19` asks. */
  readonly zstdWindowLogMax: number
}

const mebibyte = 1024 * 1024

export const archiveLimits: ArchiveLimits = {
  entriesMax: 200_000,
  totalBytesMax: 8 * 1024 * mebibyte,
  ratioMax: 200,
  ratioFromBytes: 64 * mebibyte,
  pathBytesMax: 1024,
  segmentBytesMax: 255,
  depthMax: 64,
  namesBytesMax: 32 * mebibyte,
  zstdWindowLogMax: 25,
}
