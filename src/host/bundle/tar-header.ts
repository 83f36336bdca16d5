export const blockBytes = 512

/**
 * The one header that a file has in a bundle: what is the same everywhere is fixed, so that the same content makes the
 * same bytes on every host. null: the name or the size is more than the plain format can say.
 */
export function tarHeader(path: string, bytes: number): Buffer | null {
  const cut = path.length <= 100 ? -1 : path.indexOf('/', path.length - 101)
  const [prefix, name] = cut === -1 ? ['', path] : [path.slice(0, cut), path.slice(cut + 1)]
  if (name.length > 100 || prefix.length > 155 || bytes > 8 ** 11 - 1) return null
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0, 'ascii')
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124)
  header.write(`${'0'.repeat(11)}\0`, 136)
  header.write('        0', 148)
  header.write('ustar\u000000', 257, 'latin1')
  header.write('0000000\0', 329)
  header.write('0000000\0', 337)
  header.write(prefix, 345, 'ascii')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** The size that a header states; null: it states none. */
export function statedBytes(header: Buffer): number | null {
  const digits = header.toString('latin1', 124, 136)
  return /^[0-7]{11}\0$/.test(digits) ? Number.parseInt(digits, 8) : null
}

/** What fills a file up to whole blocks. */
export const paddingBytes = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes

/** A tar ends with two empty blocks. */
export const endBytes = 2 * blockBytes
