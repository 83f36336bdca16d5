import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import { crc32, inflateRawSync } from 'node:zlib'
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl'
import type { Budget } from './budget.ts'
import { cancelled, corrupt, hostile, wrongFormat } from './problems.ts'
import type { EntryMeta, TreeWriter } from './tree-writer.ts'

/** Entries up to here are expanded in one go: for most files a stream of their own costs more than their content. */
const atOnceBytesMax = 1024 * 1024
const linkBytesMax = 4096

const stored = 0
const deflated = 8
const kindBits = 0o170000
const utf8Flag = 0x800

interface ZipJob {
  readonly path: string
  readonly writer: TreeWriter
  readonly budget: Budget
  readonly signal: AbortSignal
  /** Told the compressed bytes of the entries so far. */
  readonly progress: (compressedBytes: number) => void
}

/** Feeds the entries of a zip file, in the order of its central directory, to a writer. */
export async function readZip(job: ZipJob): Promise<void> {
  const fd = openSync(job.path, 'r')
  try {
    const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: true, autoClose: false }
    const zip = await fromFdPromise(fd, options)
    let compressed = 0
    for await (const entry of zip.eachEntry()) {
      if (job.signal.aborted) throw cancelled(job.signal)
      compressed += entry.compressedSize
      // Entries that share their data are how a small file becomes a huge tree.
      if (compressed > zip.fileSize) throw hostile(nameOf(entry), 'overlaps with others')
      job.budget.spend(entry.uncompressedSize, compressed)
      await readEntry(job, zip, fd, entry)
      job.progress(compressed)
    }
  } finally {
    closeSync(fd)
  }
}

async function readEntry(job: ZipJob, zip: ZipFile, fd: number, entry: Entry): Promise<void> {
  const name = nameOf(entry)
  const { compressionMethod } = entry
  if (entry.isEncrypted()) throw wrongFormat('it is encrypted', { entry: name })
  if (compressionMethod !== stored && compressionMethod !== deflated) {
    throw wrongFormat(`it uses compression method ${compressionMethod}`, { entry: name })
  }
  const meta = metaOf(entry)
  switch (kindOf(entry, name)) {
    case 'folder':
      return job.writer.folder(name, meta)
    case 'link':
      return job.writer.link(name, await linkTarget(zip, fd, entry, name))
    case 'file':
      job.writer.beginFile(name, meta)
      if (Math.max(entry.compressedSize, entry.uncompressedSize) <= atOnceBytesMax) {
        job.writer.write(await contentAtOnce(zip, fd, entry, name))
      } else await streamContent(job, zip, entry, name)
      return job.writer.endFile()
  }
}

async function linkTarget(zip: ZipFile, fd: number, entry: Entry, name: string): Promise<string> {
  if (Math.max(entry.uncompressedSize, entry.compressedSize) > linkBytesMax)
    throw hostile(name, 'links to a target that is too long')
  return (await contentAtOnce(zip, fd, entry, name)).toString('utf8')
}

async function contentAtOnce(zip: ZipFile, fd: number, entry: Entry, name: string): Promise<Buffer> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
  const packed = Buffer.allocUnsafe(entry.compressedSize)
  let read = 0
  while (read < packed.length) {
    const got = readSync(fd, packed, read, packed.length - read, fileDataStart + read)
    if (got === 0) throw corrupt('it ends too early')
    read += got
  }
  const content = entry.compressionMethod === stored ? packed : inflate(packed, entry, name)
  if (content.length !== entry.uncompressedSize) throw corrupt(`"${name}" is not as long as it says`)
  if (crc32(content) !== entry.crc32) throw corrupt(`the checksum of "${name}" is wrong`)
  return content
}

function inflate(packed: Buffer, entry: Entry, name: string): Buffer {
  try {
    // One byte more than stated, so that a longer content shows as one.
    return inflateRawSync(packed, { maxOutputLength: entry.uncompressedSize + 1 })
  } catch (error) {
    throw corrupt(`"${name}" cannot be expanded`, error)
  }
}

async function streamContent(job: ZipJob, zip: ZipFile, entry: Entry, name: string): Promise<void> {
  const stream = await zip.openReadStreamPromise(entry)
  let sum = 0
  try {
    for await (const chunk of stream) {
      if (job.signal.aborted) throw cancelled(job.signal)
      sum = crc32(chunk as Buffer, sum)
      job.writer.write(chunk as Buffer)
    }
  } finally {
    stream.destroy()
  }
  if (sum !== entry.crc32) throw corrupt(`the checksum of "${name}" is wrong`)
}

function nameOf(entry: Entry): string {
  const { generalPurposeBitFlag, fileNameRaw } = entry
  // Programs on Unix and macOS write UTF-8 without saying so, where the format means the DOS code page.
  const flags = madeOnUnix(entry) && isUtf8(fileNameRaw) ? generalPurposeBitFlag | utf8Flag : generalPurposeBitFlag
  // Strict: a backslash stays one, and is refused like in a tar.
  return getFileNameLowLevel(flags, fileNameRaw, entry.extraFields, true)
}

function unixMode(entry: Entry): number {
  // Only these keep a mode, in the upper half of the attributes.
  return madeOnUnix(entry) ? entry.externalFileAttributes >>> 16 : 0
}

function madeOnUnix(entry: Entry): boolean {
  const system = entry.versionMadeBy >>> 8
  return system === 3 || system === 19
}

function kindOf(entry: Entry, name: string): 'file' | 'folder' | 'link' {
  switch (unixMode(entry) & kindBits) {
    case 0o120000:
      return 'link'
    case 0o040000:
      return 'folder'
    case 0:
    case 0o100000:
      return name.endsWith('/') ? 'folder' : 'file'
    default:
      throw hostile(name, 'is a device, a socket or a named pipe')
  }
}

function metaOf(entry: Entry): EntryMeta {
  const fallback = nameOf(entry).endsWith('/') ? 0o755 : 0o644
  const mode = unixMode(entry) & 0o777
  const seconds = entry.getLastModDate().getTime() / 1000
  return { mode: mode === 0 ? fallback : mode, mtimeSeconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : null }
}
