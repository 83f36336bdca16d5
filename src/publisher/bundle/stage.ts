import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type BundleFile, fileBytesMax, isEntryPath } from '../../core/bundle/format.ts'
import type { ByteStream } from '../../ports/source.ts'
import { tooLarge } from '../../host/http/failures.ts'
import { tarHeader } from '../../host/bundle/tar-header.ts'

export interface Staged extends BundleFile {
  /** Where its content waits. */
  readonly at: string
}

/** Where files wait until all of them are known: the list stands before them in the bundle. */
export interface Stage extends AsyncDisposable {
  readonly dir: string
  readonly files: readonly Staged[]
  /** By address, each once. `path`: where it should lie, if that can be written and is free. */
  add(url: string, path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Staged>
  find(url: string): Staged | null
  open(file: Staged, offset: number): ByteStream
}

/** Beside the file that will be written: the same disk, where there is room for both. */
export async function openStage(out: string, told: (file: BundleFile) => void): Promise<Stage> {
  const dir = await mkdtemp(join(dirname(out), '.belay-bundle-'))
  const files = new Map<string, Staged>()
  const paths = new Set<string>()
  const freePath = (url: string, path: string): string => {
    const free = isEntryPath(path) && tarHeader(path, 0) !== null && !paths.has(path)
    return free ? path : `files/${createHash('sha256').update(url).digest('hex')}`
  }
  await mkdir(join(dir, 'files'))
  return {
    dir,
    get files() {
      return [...files.values()]
    },
    find: (url) => files.get(url) ?? null,
    async add(url, wanted, chunks) {
      const known = files.get(url)
      if (known !== undefined) return known
      const path = freePath(url, wanted)
      paths.add(path)
      const at = join(dir, 'files', String(paths.size))
      const staged = { path, url, at, ...(await written(at, chunks, path)) }
      files.set(url, staged)
      told(staged)
      return staged
    },
    open: (file, offset) => ({
      offset,
      totalBytes: file.bytes,
      chunks: createReadStream(file.at, { start: offset }) as AsyncIterable<Buffer>,
    }),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

async function written(at: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, name: string) {
  const hash = createHash('sha256')
  let bytes = 0
  await using file = await open(at, 'wx', 0o600)
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > fileBytesMax) throw tooLarge(name, fileBytesMax)
    hash.update(chunk)
    await file.writeFile(chunk)
  }
  return { bytes, sha256: hash.digest('hex') }
}
