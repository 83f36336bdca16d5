import { createHash } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { contradicts, malformed } from '../../core/trust/tuf/failures.ts'
import type { Target } from '../../core/trust/tuf/search.ts'
import type { HttpClient } from '../http/types.ts'
import { tooLarge } from '../http/failures.ts'

export interface TargetDownload {
  readonly http: HttpClient
  /** Where targets lie, with the slash at its end. */
  readonly targetsUrl: string
  /** Whether names on the server carry their hash: what the root says of consistent snapshots. */
  readonly hashed: boolean
  readonly target: Target
  readonly path: string
  readonly signal: AbortSignal
}

/** Brings a target to `path`, under that name only when its length and every known hash are right. */
export async function downloadTarget(download: TargetDownload): Promise<void> {
  const { http, target, path, signal } = download
  if (await isThere(path, target)) return
  const stream = await http.openStream(targetUrl(download), { offset: 0, signal })
  const part = `${path}.part`
  const hashes = target.hashes.map(({ algorithm }) => createHash(algorithm))
  let bytes = 0
  try {
    await using file = await open(part, 'w', 0o600)
    for await (const chunk of stream.chunks) {
      bytes += chunk.byteLength
      if (bytes > target.bytes) throw tooLarge(target.path, target.bytes)
      for (const hash of hashes) hash.update(chunk)
      await file.writeFile(chunk)
    }
    await file.sync()
    if (bytes !== target.bytes)
      throw contradicts(target.path, `has ${bytes} bytes, and ${target.bytes} were signed for`)
    const wrong = target.hashes.find(({ hex }, index) => hashes[index]?.digest('hex') !== hex)
    if (wrong !== undefined) throw contradicts(target.path, `has another ${wrong.algorithm} than the one signed for`)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Below the targets' address; with consistent snapshots the file's name begins with its hash (spec 5.7.3). */
export function targetUrl({
  targetsUrl,
  hashed,
  target,
}: Pick<TargetDownload, 'targetsUrl' | 'hashed' | 'target'>): string {
  const parts = target.path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw malformed(target.path, 'is no path below the targets')
  }
  const name = basename(target.path)
  const folder = parts.slice(0, -1)
  const prefix = hashed ? `${target.hashes[0]?.hex ?? ''}.` : ''
  return targetsUrl + [...folder, prefix + name].map(encodeURIComponent).join('/')
}

async function isThere(path: string, target: Target): Promise<boolean> {
  try {
    await using file = await open(path, 'r')
    if ((await file.stat()).size !== target.bytes) return false
    const hashes = target.hashes.map(({ algorithm }) => createHash(algorithm))
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      for (const hash of hashes) hash.update(chunk)
    }
    return target.hashes.every(({ hex }, index) => hashes[index]?.digest('hex') === hex)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
