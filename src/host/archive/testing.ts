import { downloadedTo } from '../http/download.ts'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { problemOf } from '../../core/model/problem.ts'
import { type ExtractJob, extract } from './extract.ts'

/** Archives for tests, byte by byte where no program would make them. Not part of the product. */

type PackHeader = Parameters<ReturnType<typeof pack>['entry']>[0]

export interface TarEntry extends PackHeader {
  readonly content?: string | Uint8Array
}

/** A tar with exactly these entries, whatever they say. */
export async function makeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const packer = pack()
  for (const { content, ...header } of entries) {
    if (content === undefined) packer.entry(header)
    else packer.entry(header, Buffer.from(content))
  }
  packer.finalize()
  const parts: Buffer[] = []
  for await (const part of packer) parts.push(Buffer.from(part as Uint8Array))
  return Buffer.concat(parts)
}

/** Changes bytes of the header at `offset` and makes its checksum true again. */
export function forgeHeader(tar: Buffer, offset: number, change: (header: Buffer) => void): Buffer {
  const forged = Buffer.from(tar)
  const header = forged.subarray(offset, offset + 512)
  change(header)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return forged
}

export interface ZipEntry {
  readonly name: string | Buffer
  readonly content?: string | Uint8Array
  /** Unix mode with its kind bits; left out: as if made on Windows. */
  readonly mode?: number
  readonly method?: 'stored' | 'deflated'
  /** Overrides of what the central directory says. */
  readonly central?: {
    readonly crc?: number
    readonly bytes?: number
    readonly flags?: number
    readonly offset?: number
    readonly method?: number
  }
}

/** A zip with exactly these entries. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const content = Buffer.from(entry.content ?? '')
    const data = entry.method === 'deflated' ? deflateRawSync(content) : content
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(entry.central?.flags ?? 0x800, 2)
    common.writeUInt16LE(entry.central?.method ?? (entry.method === 'deflated' ? 8 : 0), 4)
    common.writeUInt16LE(0x5a21, 8)
    common.writeUInt32LE(entry.central?.crc ?? crc32(content), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(entry.central?.bytes ?? content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, name, data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6)
    tail.writeUInt32LE(entry.central?.offset ?? offset, 10)
    const madeBy = Buffer.from([20, entry.mode === undefined ? 0 : 3])
    centrals.push(Buffer.concat([Buffer.from('504b0102', 'hex'), madeBy, common, tail, name]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.write('504b0506', 0, 'hex')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

export interface Room extends AsyncDisposable {
  readonly dir: string
  /** Where `unpack` unpacks to. */
  readonly to: string
  /** Writes the bytes as an archive and extracts it into `to`. */
  unpack(bytes: Uint8Array, options?: Partial<ExtractJob>): ReturnType<typeof extract>
  /** The same, and the code of the problem it must end with. */
  refusal(
    bytes: Uint8Array,
    options?: Partial<ExtractJob>,
  ): Promise<{ readonly code: string; readonly message: string }>
}

/** A folder of a test's own, removed behind it. */
export async function room(): Promise<Room> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-archive-'))
  const to = join(dir, 'to')
  const unpack: Room['unpack'] = async (bytes, options = {}) => {
    const archive = join(dir, 'archive')
    await writeFile(archive, bytes)
    return extract({
      archive: downloadedTo(archive),
      format: null,
      to,
      signal: new AbortController().signal,
      ...options,
    })
  }
  return {
    dir,
    to,
    unpack,
    async refusal(bytes, options) {
      try {
        await unpack(bytes, options)
      } catch (error) {
        const { code, message } = problemOf(error)
        return { code, message }
      }
      throw new Error('it was not refused')
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}
