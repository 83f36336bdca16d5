import { type Extract, type ExtractEvents, extract as tarExtract, type Header } from 'tar-stream'
import type { Budget } from './budget.ts'
import { corrupt, hostile, wrongFormat } from './problems.ts'
import type { TreeWriter } from './tree-writer.ts'

const blockBytes = 512

/** What tar-stream hands over beyond its published types. */
type TarHeader = Omit<Header, 'type' | 'linkname' | 'pax'> & {
  readonly type: Header['type'] | null
  readonly linkname: string | null
  readonly byteOffset: number
  readonly pax: Readonly<Record<string, string>> | null
}

type EntryBody = ExtractEvents['entry'][1]

/**
 * Feeds a tar stream, in chunks whose lengths are multiples of 512, to a writer.
 *
 * The first empty block at a place where an entry could begin ends the archive, as it does for tar itself; what lies
 * behind it is never looked at. An archive that stops without one was cut off. tar-stream alone would read on, and
 * would take a cut between two entries for the end.
 */
export class TarReader {
  readonly #parser: Extract
  readonly #writer: TreeWriter
  readonly #budget: Budget
  #chunk: Buffer = Buffer.alloc(0)
  #chunkStart = 0
  /** Where the next entry or the end must begin. */
  #next = 0
  #ended = false
  #inBody = false
  #finished = false
  #error: Error | null = null
  #wake: () => void = () => undefined

  constructor(writer: TreeWriter, budget: Budget) {
    this.#writer = writer
    this.#budget = budget
    // Old archives carry no format mark, yet a checksum. One byte of buffer: a chunk is taken in before the next comes.
    const options = { allowUnknownFormat: true, highWaterMark: 1 }
    this.#parser = tarExtract(options)
    this.#parser.on('drain', () => this.#wake())
    this.#parser.on('error', (error: Error) => this.#fail(error))
    this.#parser.on('entry', (header, body, next) => {
      this.#entry(header as unknown as TarHeader, body, next)
    })
  }

  /** Resolves when the chunk was taken in; false once the archive has ended and no more is wanted. */
  async push(chunk: Buffer): Promise<boolean> {
    if (this.#finished) return false
    this.#chunkStart += this.#chunk.length
    this.#chunk = chunk
    this.#lookForEnd()
    if (this.#ended && !this.#inBody) this.#finish()
    else await this.#feed(chunk)
    if (this.#error !== null) throw this.#error
    return !this.#finished
  }

  /** To be called behind the last chunk. */
  end(): void {
    if (!this.#finished) throw corrupt('it ends too early')
  }

  destroy(): void {
    this.#parser.destroy()
  }

  #feed(chunk: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      if (this.#parser.write(chunk)) resolve()
    })
  }

  #fail(error: unknown): void {
    const first = this.#next === 0 && error instanceof Error && error.message.startsWith('Invalid tar header')
    const cause = error instanceof Error ? error : new Error(String(error))
    this.#error ??= first ? wrongFormat('what it holds is not a tar archive') : cause
    this.#wake()
  }

  #finish(): void {
    this.#finished = true
    this.#parser.destroy()
    this.#wake()
  }

  #lookForEnd(): void {
    const at = this.#next - this.#chunkStart
    if (at < 0 || at >= this.#chunk.length) return
    this.#ended = this.#chunk.subarray(at, at + blockBytes).every((byte) => byte === 0)
  }

  #entry(header: TarHeader, body: EntryBody, next: () => void): void {
    // Anything thrown in a listener would end the process: it becomes the result of `push` instead.
    const guarded = (work: () => void): void => {
      try {
        if (this.#error === null) work()
      } catch (error) {
        this.#fail(error)
        this.#parser.destroy()
      }
    }
    guarded(() => {
      const { size } = header
      this.#next = header.byteOffset + Math.ceil(size / blockBytes) * blockBytes
      this.#lookForEnd()
      this.#budget.announce(size)
      begin(this.#writer, header)
      this.#inBody = true
    })
    body.on('data', (data) => guarded(() => this.#writer.write(data as Buffer)))
    body.on('end', () => {
      guarded(() => this.#writer.endFile())
      this.#inBody = false
      // Not asking for the next entry keeps the parser away from whatever lies behind the end.
      if (this.#ended) this.#finish()
      else next()
    })
    body.on('error', (error) => this.#fail(error))
  }
}

function begin(writer: TreeWriter, header: TarHeader): void {
  const { name, linkname } = header
  const meta = { mode: header.mode, mtimeSeconds: mtimeOf(header) }
  if (isSparse(header)) throw wrongFormat('it holds sparse files', { entry: name })
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return writer.beginFile(name, meta)
    case 'directory':
      return writer.folder(name, meta)
    case 'symlink':
      return writer.link(name, linkname ?? '')
    case 'link':
      return writer.hardLink(name, linkname ?? '')
    case 'character-device':
    case 'block-device':
      throw hostile(name, 'is a device')
    case 'fifo':
      throw hostile(name, 'is a named pipe')
    default:
      throw hostile(name, 'is of a kind that has no place in a release')
  }
}

function isSparse(header: TarHeader): boolean {
  return Object.keys(header.pax ?? {}).some((key) => key.startsWith('GNU.sparse.'))
}

/** Seconds with their fraction where the archive has one; a time that no file system could hold is left out. */
function mtimeOf(header: TarHeader): number | null {
  const stated = Number.parseFloat(header.pax?.['mtime'] ?? '')
  const seconds = Number.isFinite(stated) ? stated : header.mtime.getTime() / 1000
  return seconds >= 0 && seconds < 2 ** 34 ? seconds : null
}
