/** What is known before anything is fetched. Sizes in bytes, null where the listing does not say. */
export interface Wanted {
  readonly bytes: number | null
}

export interface Way {
  readonly by: 'file' | 'archive'
  readonly requests: number
  /** About. */
  readonly bytes: number
}

/** What one more request costs, said in bytes: the way there and back, and a share of what a server allows per hour. */
const requestBytes = 48 * 1024
/** Sources and templates pack to about a third; what is packed already does not. */
const packedShare = 0.4
const unknownBytes = 16 * 1024

/**
 * One by one, or the whole tree as one archive: whichever costs less, requests counted as bytes. `all`: every file of
 * the tree, which the archive brings whether wanted or not; null: there is no archive.
 */
export function fetchWay(wanted: readonly Wanted[], all: readonly Wanted[] | null): Way {
  const single = { by: 'file', requests: wanted.length, bytes: sum(wanted) } as const
  if (all === null || wanted.length <= 1) return single
  const packed = { by: 'archive', requests: 1, bytes: Math.ceil(sum(all) * packedShare) } as const
  return costOf(packed) < costOf(single) ? packed : single
}

function sum(files: readonly Wanted[]): number {
  return files.reduce((total, { bytes }) => total + (bytes ?? unknownBytes), 0)
}

function costOf({ requests, bytes }: Way): number {
  return requests * requestBytes + bytes
}
