import { closeSync, openSync, readSync } from 'node:fs'
import { wrongFormat } from './problems.ts'

export type ArchiveFormat = 'tar.gz' | 'tar.xz' | 'tar.zst' | 'tar' | 'zip'

const suffixes: readonly (readonly [string, ArchiveFormat])[] = [
  ['.tar.gz', 'tar.gz'],
  ['.tgz', 'tar.gz'],
  ['.tar.xz', 'tar.xz'],
  ['.txz', 'tar.xz'],
  ['.tar.zst', 'tar.zst'],
  ['.tzst', 'tar.zst'],
  ['.tar', 'tar'],
  ['.zip', 'zip'],
]

/** The format a file name promises, or null when it is none of ours. */
export function formatOf(fileName: string): ArchiveFormat | null {
  const lower = fileName.toLowerCase()
  return suffixes.find(([suffix]) => lower.endsWith(suffix))?.[1] ?? null
}

/** The format the first bytes of a file show, or null. Reads one tar block at most. */
export function sniffFormat(head: Uint8Array): ArchiveFormat | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  const starts = (hex: string): boolean => bytes.subarray(0, hex.length / 2).toString('hex') === hex
  if (starts('1f8b')) return 'tar.gz'
  if (starts('fd377a585a00')) return 'tar.xz'
  if (isZstdFrame(bytes)) return 'tar.zst'
  if (starts('504b0304') || starts('504b0506')) return 'zip'
  return isTarHeader(bytes) ? 'tar' : null
}

/** A zstd frame, or a skippable one (RFC 8878, 3.1.1 and 3.1.2). */
export function isZstdFrame(bytes: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = bytes
  const rest = b === 0xb5 && c === 0x2f && d === 0xfd
  return (a === 0x28 && rest) || (a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18)
}

/** What a file is by its content. Throws E_ARCHIVE_FORMAT when that is no archive, or not the promised one. */
export function confirmFormat(path: string, promised: ArchiveFormat | null): ArchiveFormat {
  const head = firstBlock(path)
  const found = sniffFormat(head)
  if (found !== null && (promised === null || promised === found)) return found
  const should = promised ?? 'an archive'
  throw wrongFormat(`it should be ${should}, and is ${found ?? describe(head)}`, {
    promised: should,
    found: found ?? 'unknown',
  })
}

function describe(head: Buffer): string {
  if (head.length === 0) return 'empty'
  const text = head.toString('latin1').trimStart().toLowerCase()
  if (text.startsWith('<')) return 'a web page or XML'
  if (text.startsWith('{') || text.startsWith('[')) return 'JSON'
  return 'something else'
}

function firstBlock(path: string): Buffer {
  const block = Buffer.alloc(512)
  const fd = openSync(path, 'r')
  try {
    let read = 0
    for (let got = 1; got > 0 && read < block.length; read += got) {
      got = readSync(fd, block, read, block.length - read, read)
    }
    return block.subarray(0, read)
  } finally {
    closeSync(fd)
  }
}

/** A tar header sums its own bytes, the sum field counted as blanks: that holds for every dialect, old ones too. */
function isTarHeader(block: Buffer): boolean {
  if (block.length < 512) return false
  const stated = Number.parseInt(block.subarray(148, 156).toString('latin1'), 8)
  let sum = 8 * 0x20
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte
  return sum === stated
}
