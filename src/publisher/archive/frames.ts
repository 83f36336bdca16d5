import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'

const compress = promisify(zstdCompress)

/** Of the tar, in each frame: no larger by more than what a window sees, and each can be fetched and read alone. */
const frameBytes = 16 * 1024 * 1024
const level = 19

/** Frames at work at a time: each is compressed by a thread of Node's pool, and takes a hundred MB there. */
const atWorkMax = Math.min(availableParallelism(), 3)

/**
 * Writes zstd frames of a fixed size and level, so that the same tar gives the same file, however many processors there
 * are. `progress`: bytes of the tar that are in the file.
 */
export class FrameWriter {
  readonly #file: FileHandle
  readonly #progress: (rawBytes: number) => void
  readonly #sum = createHash('sha256')
  readonly #atWork: { readonly packed: Promise<Buffer>; readonly rawBytes: number }[] = []
  #frame = Buffer.allocUnsafe(frameBytes)
  #filled = 0
  #raw = 0
  #bytes = 0

  constructor(file: FileHandle, progress: (rawBytes: number) => void) {
    this.#file = file
    this.#progress = progress
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + frameBytes - this.#filled)
      this.#frame.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled === frameBytes) await this.#begin()
    }
  }

  async end(): Promise<{ readonly sha256: string; readonly bytes: number; readonly rawBytes: number }> {
    if (this.#filled > 0) await this.#begin()
    while (this.#atWork.length > 0) await this.#put()
    return { sha256: this.#sum.digest('hex'), bytes: this.#bytes, rawBytes: this.#raw }
  }

  async #begin(): Promise<void> {
    if (this.#atWork.length >= atWorkMax) await this.#put()
    const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 }
    const packed = compress(this.#frame.subarray(0, this.#filled), { params })
    // A failure is told when its turn comes; until then it must not end the process.
    packed.catch(() => {})
    this.#atWork.push({ packed, rawBytes: this.#filled })
    this.#frame = Buffer.allocUnsafe(frameBytes)
    this.#filled = 0
  }

  /** The oldest: frames are in the order of the tar. */
  async #put(): Promise<void> {
    const next = this.#atWork.shift()
    if (next === undefined) return
    const packed = await next.packed
    await this.#file.writeFile(packed)
    this.#sum.update(packed)
    this.#bytes += packed.length
    this.#raw += next.rawBytes
    this.#progress(this.#raw)
  }
}
