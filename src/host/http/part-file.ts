import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { digestSchema } from '../../core/model/names.ts'
import type { Digest } from '../../core/model/names.ts'

const blockBytes = 1024 * 1024

/**
 * A download that is not whole yet: `<path>.part`, whose SHA-256 is always that of the bytes in it. What an earlier
 * process left is read again rather than believed: after a power cut a file may be as long as it was and full of zeros.
 */
export class PartFile {
  readonly path: string
  /** Bytes in the file so far. */
  bytes = 0
  private readonly handle: FileHandle
  private hash: Hash = createHash('sha256')
  /** null: nobody asked for it. */
  private second: Hash | null

  private constructor(path: string, handle: FileHandle, blake2b: boolean) {
    this.path = path
    this.handle = handle
    this.second = blake2b ? createHash('blake2b512') : null
  }

  /** `keep`: goes on where an earlier process stopped; else begins anew. `blake2b`: that is hashed too. Never follows a link. */
  static async open(
    target: string,
    options: { readonly keep: boolean; readonly blake2b: boolean; readonly signal: AbortSignal },
  ): Promise<PartFile> {
    const path = `${target}.part`
    const part = new PartFile(path, await openOwn(path), options.blake2b)
    try {
      if (options.keep) await part.readAgain(options.signal)
      else await part.restart()
      return part
    } catch (error) {
      await part.close()
      throw error
    }
  }

  private async readAgain(signal: AbortSignal): Promise<void> {
    const block = Buffer.allocUnsafe(blockBytes)
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await this.handle.read(block, 0, blockBytes, this.bytes)
      if (bytesRead === 0) return
      this.hash.update(block.subarray(0, bytesRead))
      this.second?.update(block.subarray(0, bytesRead))
      this.bytes += bytesRead
    }
  }

  /** The disk writes while the hash is computed: neither waits for the other. */
  async append(chunk: Uint8Array): Promise<void> {
    const written = this.writeAll(chunk)
    this.hash.update(chunk)
    this.second?.update(chunk)
    await written
    this.bytes += chunk.byteLength
  }

  private async writeAll(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength; ) {
      const { bytesWritten } = await this.handle.write(chunk, at, chunk.byteLength - at, this.bytes + at)
      at += bytesWritten
    }
  }

  async restart(): Promise<void> {
    await this.handle.truncate(0)
    this.bytes = 0
    this.hash = createHash('sha256')
    if (this.second !== null) this.second = createHash('blake2b512')
  }

  digest(): Digest {
    return digestSchema.parse(`sha256:${this.hash.copy().digest('hex')}`)
  }

  /** BLAKE2b-512, 64 bytes; null where it was not asked for. */
  blake2b(): Uint8Array | null {
    return this.second === null ? null : this.second.copy().digest()
  }

  /** All of it, in memory; null where it is larger. */
  async whole(bytesMax: number): Promise<Uint8Array | null> {
    if (this.bytes > bytesMax) return null
    const all = Buffer.allocUnsafe(this.bytes)
    for (let at = 0; at < all.byteLength; ) {
      const { bytesRead } = await this.handle.read(all, at, all.byteLength - at, at)
      if (bytesRead === 0) return null
      at += bytesRead
    }
    return all
  }

  /** On disk under its own name, and stays there through a power cut. */
  async finish(target: string): Promise<void> {
    await this.handle.datasync()
    await this.handle.close()
    await rename(this.path, target)
    await syncFolder(dirname(target))
  }

  async close(): Promise<void> {
    await this.handle.close().catch(() => {})
  }

  async remove(): Promise<void> {
    await this.close()
    await rm(this.path, { force: true })
  }
}

async function openOwn(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants
  const handle = await open(path, O_RDWR | O_CREAT | (O_NOFOLLOW ?? 0), 0o600)
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw Object.assign(new Error(`${path} is not a file`), { code: 'EACCES' })
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and makes renames durable by itself.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
