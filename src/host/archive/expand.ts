import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import type { Readable, Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress, type ZlibOptions, type ZstdOptions } from 'node:zlib'
import type { Expansion } from './expansion.ts'
import { type ArchiveFormat, isZstdFrame } from './format.ts'
import type { ArchiveLimits } from './limits.ts'
import { corrupt } from './problems.ts'
import { expandXz } from './xz.ts'

const readBytes = 64 * 1024
const chunkBytes = 256 * 1024
// More than one chunk may wait: the decoder runs ahead in the thread pool while the last chunk is being written.
const aheadBytes = 4 * chunkBytes

/** Expands the outer compression of a tar archive. Errors are the decoder's own: see `archiveError`. */
export function expand(
  path: string,
  format: Exclude<ArchiveFormat, 'zip'>,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Expansion {
  switch (format) {
    case 'tar':
      return readThrough(createReadStream(path, { highWaterMark: readBytes }), null)
    case 'tar.gz':
      return readThrough(createReadStream(path, { highWaterMark: readBytes }), createGunzip(decoderOptions()))
    case 'tar.zst':
      return expandZstd(path, limits)
    case 'tar.xz':
      return expandXz(path, signal)
  }
}

// `readableHighWaterMark` is the stream's own option, which the types of zlib do not list.
function decoderOptions(): ZlibOptions {
  return { chunkSize: chunkBytes, readableHighWaterMark: aheadBytes } as ZlibOptions
}

function readThrough(source: ReturnType<typeof createReadStream>, decoder: Transform | null): Expansion {
  return { chunks: pump(source, decoder), compressedBytes: () => source.bytesRead }
}

async function* pump(source: Readable, decoder: Transform | null): AsyncGenerator<Buffer> {
  const last: Readable = decoder ?? source
  try {
    if (decoder !== null) {
      source.on('error', (error) => decoder.destroy(error))
      source.pipe(decoder)
    }
    for await (const chunk of last) yield chunk as Buffer
  } finally {
    source.destroy()
    decoder?.destroy()
  }
}

/**
 * An archive may be several zstd frames (`pzstd`, concatenation, skippable metadata). Node's decoder ends with the
 * first frame that ends inside a chunk and drops the rest without a word, so each following frame gets its own decoder,
 * started where the last one says it stopped.
 */
function expandZstd(path: string, limits: ArchiveLimits): Expansion {
  const size = statSync(path).size
  let done = 0
  let current: { readonly bytesRead: number } = { bytesRead: 0 }
  async function* frames(): AsyncGenerator<Buffer> {
    for (let count = 0; done < size; count += 1) {
      if (count > zstdFramesMax) throw corrupt('it has too many frames')
      if (!isZstdFrame(readAt(path, done, 4))) throw corrupt('there is something else behind its end')
      const source = createReadStream(path, { start: done, highWaterMark: readBytes })
      const decoder = createZstdDecompress(zstdOptions(limits))
      current = source
      yield* pump(source, decoder)
      if (decoder.bytesWritten === 0) throw corrupt('a frame of it is empty')
      done += decoder.bytesWritten
      current = { bytesRead: 0 }
    }
  }
  return { chunks: frames(), compressedBytes: () => done + current.bytesRead }
}

const zstdFramesMax = 100_000

function zstdOptions(limits: ArchiveLimits): ZstdOptions {
  return { ...decoderOptions(), params: { [constants.ZSTD_d_windowLogMax]: limits.zstdWindowLogMax } } as ZstdOptions
}

function readAt(path: string, position: number, bytes: number): Buffer {
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, readSync(fd, buffer, 0, bytes, position))
  } finally {
    closeSync(fd)
  }
}
