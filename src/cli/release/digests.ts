import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { digestSchema } from '../../core/model/names.ts'
import type { Digest } from '../../core/model/names.ts'

export interface FileStamp {
  readonly bytes: number
  readonly modifiedMs: number
}

/** SHA-256 of files, computed once for each size and time of change, one file at a time: a folder may hold thousands. */
export interface Digests {
  of(path: string, stamp: FileStamp): Promise<Digest>
}

export function openDigests(): Digests {
  const known = new Map<string, { readonly stamp: string; readonly digest: Promise<Digest> }>()
  let last: Promise<unknown> = Promise.resolve()
  return {
    of: (path, { bytes, modifiedMs }) => {
      const stamp = `${bytes}:${modifiedMs}`
      const found = known.get(path)
      if (found?.stamp === stamp) return found.digest
      const digest = last.then(() => hashFile(path))
      last = digest.catch(() => {})
      known.set(path, { stamp, digest })
      // A failure is told to who asked now; the next one may find the file readable.
      digest.catch(() => known.delete(path))
      return digest
    },
  }
}

async function hashFile(path: string): Promise<Digest> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  const hash = createHash('sha256')
  for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
  }
  return digestSchema.parse(`sha256:${hash.digest('hex')}`)
}
