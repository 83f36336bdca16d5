/** Re-cuts a stream so that each piece is a multiple of `blockBytes` long, but the last; copies only the seams. */
export async function* inBlocks(chunks: AsyncIterable<Buffer>, blockBytes: number): AsyncGenerator<Buffer> {
  let carry = Buffer.alloc(0)
  for await (const chunk of chunks) {
    let rest = chunk
    if (carry.length > 0) {
      const missing = blockBytes - carry.length
      carry = Buffer.concat([carry, chunk.subarray(0, missing)])
      rest = chunk.subarray(missing)
      if (carry.length < blockBytes) continue
      yield carry
    }
    const whole = rest.length - (rest.length % blockBytes)
    carry = Buffer.from(rest.subarray(whole))
    if (whole > 0) yield rest.subarray(0, whole)
  }
  if (carry.length > 0) yield carry
}
