/**
 * One block of Snappy as GitHub keeps bundles in: the length of what comes out, then pieces, each of which is text of its
 * own or a copy of what came out before. null: damaged, or more than `bytesMax`; no memory is spent on either.
 */
export function unsnappy(block: Uint8Array, bytesMax: number): Uint8Array | null {
  const head = lengthOf(block)
  if (head === null || head.length > bytesMax) return null
  const out = new Uint8Array(head.length)
  let [from, to] = [head.at, 0]
  while (from < block.length) {
    const piece = pieceAt(block, from)
    if (piece === null || to + piece.length > out.length) return null
    if (piece.back === 0) {
      if (piece.next + piece.length > block.length) return null
      out.set(block.subarray(piece.next, piece.next + piece.length), to)
      from = piece.next + piece.length
    } else {
      if (piece.back > to) return null
      // Byte by byte: a copy may reach into what it writes itself.
      for (let at = 0; at < piece.length; at++) out[to + at] = out[to + at - piece.back] ?? 0
      from = piece.next
    }
    to += piece.length
  }
  return to === out.length ? out : null
}

/** Seven bits a byte, the lowest first. */
function lengthOf(block: Uint8Array): { readonly length: number; readonly at: number } | null {
  let length = 0
  for (let at = 0; at < 5; at++) {
    const byte = block[at]
    if (byte === undefined) return null
    length += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { length, at: at + 1 }
  }
  return null
}

interface Piece {
  readonly length: number
  /** How far back the copy begins; 0: no copy. */
  readonly back: number
  /** Where its text lies, or the next piece. */
  readonly next: number
}

function pieceAt(block: Uint8Array, at: number): Piece | null {
  const tag = block[at] ?? 0
  const upper = tag >> 2
  const number = (start: number, bytes: number): number =>
    block.subarray(start, start + bytes).reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0)
  const wide = (tag & 3) === 0 ? Math.max(upper - 59, 0) : ([0, 1, 2, 4][tag & 3] ?? 0)
  const next = at + 1 + wide
  if (next > block.length) return null
  if ((tag & 3) === 0) return { length: (wide === 0 ? upper : number(at + 1, wide)) + 1, back: 0, next }
  if ((tag & 3) === 1) {
    const back = (tag >> 5) * 256 + number(at + 1, 1)
    return back === 0 ? null : { length: (upper & 7) + 4, back, next }
  }
  const back = number(at + 1, wide)
  return back === 0 ? null : { length: upper + 1, back, next }
}
