import { createReadStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type BundleList, filesMax, listBytesMax, listName } from '../../core/bundle/format.ts'
import { fail } from '../../core/model/problem.ts'
import { endBytes, paddingBytes, tarHeader } from '../../host/bundle/tar-header.ts'
import { fsyncDir } from '../../host/tree/durable.ts'
import { exists } from '../../host/tree/stat.ts'
import type { Stage, Staged } from './stage.ts'

/** The same list and files make the same bytes, anywhere. The file appears whole or not at all. E_USAGE: it is there. */
export async function writeBundle(
  out: string,
  about: Omit<BundleList, 'files' | 'v'>,
  stage: Stage,
): Promise<{ readonly bytes: number }> {
  const files = stage.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const listed = files.map(({ path, bytes, sha256, url }) => ({ path, bytes, sha256, url }))
  const list = Buffer.from(`${JSON.stringify({ v: 1, ...about, files: listed } satisfies BundleList, null, 2)}\n`)
  if (files.length > filesMax || list.byteLength > listBytesMax) throw tooMuch(files.length)
  const part = join(stage.dir, 'bundle.tar')
  let bytes = 0
  {
    await using file = await open(part, 'wx', 0o644)
    for await (const chunk of blocks(list, files)) {
      bytes += chunk.byteLength
      await file.writeFile(chunk)
    }
    await file.sync()
  }
  await requireFree(out)
  // No hard link: sticks that bundles are carried on have none.
  await rename(part, out)
  await fsyncDir(dirname(out))
  return { bytes }
}

async function* blocks(list: Buffer, files: readonly Staged[]): AsyncGenerator<Uint8Array> {
  yield* entry(listName, list.byteLength, [list])
  for (const { path, bytes, at } of files) yield* entry(path, bytes, createReadStream(at) as AsyncIterable<Buffer>)
  yield Buffer.alloc(endBytes)
}

async function* entry(
  path: string,
  bytes: number,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const header = tarHeader(path, bytes)
  if (header === null) throw new Error(`the stage let ${path} in`)
  yield header
  yield* content
  yield Buffer.alloc(paddingBytes(bytes))
}

/** E_USAGE: there is something. */
export async function requireFree(out: string): Promise<void> {
  if (await exists(out)) throw isThere(out)
}

function isThere(out: string) {
  return fail('E_USAGE', `${out} is there already.`, { hint: 'Remove it, or name another file with --out.' })
}

function tooMuch(count: number) {
  return fail('E_USAGE', `A bundle cannot list ${count} files.`, { hint: 'Make one for each platform: --platform.' })
}
