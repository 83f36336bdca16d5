/** A compressed file as it comes out; `compressedBytes` tells how much of the file was read for it so far. */
export interface Expansion {
  readonly chunks: AsyncIterable<Buffer>
  compressedBytes(): number
}
