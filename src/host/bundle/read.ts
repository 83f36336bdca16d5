/**
 * Parties: whoever made the file, and whoever carried it. Nothing in it is believed: the list is compared with the file
 * byte for byte, so that there is one reading of it, and what the files say is proven by those who use them.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type BundleFile, type BundleList, bundleListSchema, listBytesMax, listName } from '../../core/bundle/format.ts'
import { type Digest, digestSchema } from '../../core/model/names.ts'
import type { ByteStream } from '../../ports/source.ts'
import { damaged, gone, noBundle } from './failures.ts'
import { blockBytes, endBytes, paddingBytes, statedBytes, tarHeader } from './tar-header.ts'

export interface Bundle {
  readonly file: string
  /** Of its list, and by that of everything in it. */
  readonly digest: Digest
  readonly list: BundleList
  /** null: there is none at that path. */
  find(path: string): BundleFile | null
  /** A small file, compared with the list. */
  read(file: BundleFile): Promise<Buffer>
  /** From `offset` on. Read from the beginning, it is compared with the list at its end. */
  open(file: BundleFile, offset: number): ByteStream
}

/** E_NOT_FOUND. E_BUNDLE_INVALID: it is none, or not whole, or holds more than it says. System errors. */
export async function openBundle(file: string): Promise<Bundle> {
  await using handle = await open(file, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw gone(file)
    throw error
  })
  const found = await handle.stat()
  if (!found.isFile()) throw noBundle(file, 'it is no plain file')
  const { list, text, next } = await readList(handle, file)
  const starts = await placesOf(handle, file, list, next, found.size)
  const startOf = (one: BundleFile): number => {
    const start = starts.get(one.path)
    if (start === undefined) throw damaged(file, `does not hold ${one.path}`)
    return start
  }
  return {
    file,
    list,
    digest: digestSchema.parse(`sha256:${createHash('sha256').update(text).digest('hex')}`),
    find: (path) => list.files.find((one) => one.path === path) ?? null,
    read: async (one) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of checked(file, one, startOf(one), 0)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    open: (one, offset) => {
      // Behind its end there is nothing: the whole file comes, as a server would send it.
      const from = offset < one.bytes ? offset : 0
      return { offset: from, totalBytes: one.bytes, chunks: checked(file, one, startOf(one), from) }
    },
  }
}

async function readList(handle: FileHandle, file: string) {
  const header = await readAt(handle, 0, blockBytes)
  const bytes = header.length === blockBytes ? statedBytes(header) : null
  if (bytes === null || !header.equals(tarHeader(listName, bytes) ?? Buffer.alloc(0))) {
    throw noBundle(file, `it does not begin with ${listName}`)
  }
  if (bytes > listBytesMax) throw damaged(file, `has a list of ${bytes} bytes, and ${listBytesMax} are allowed`)
  const text = await readAt(handle, blockBytes, bytes)
  const next = blockBytes + bytes + paddingBytes(bytes)
  if (text.length < bytes || !(await isEmpty(handle, blockBytes + bytes, paddingBytes(bytes)))) throw torn(file)
  return { list: parsed(text, file), text, next }
}

function parsed(text: Buffer, file: string): BundleList {
  let json: unknown
  try {
    json = JSON.parse(text.toString('utf8'))
  } catch {
    throw damaged(file, `has a list that is no JSON`)
  }
  const list = bundleListSchema.safeParse(json)
  if (list.success) return list.data
  const issue = list.error.issues[0]
  throw damaged(file, `has a list that cannot be used: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}

/** Where each file of the list begins. Every block that is no content must be exactly what the list makes of it. */
async function placesOf(handle: FileHandle, file: string, list: BundleList, from: number, size: number) {
  const starts = new Map<string, number>()
  let at = from
  for (const one of list.files) {
    const expected = tarHeader(one.path, one.bytes)
    const start = at + blockBytes
    const end = start + one.bytes
    if (starts.has(one.path)) throw damaged(file, `lists ${one.path} twice`)
    if (end + paddingBytes(one.bytes) + endBytes > size) throw torn(file)
    const header = await readAt(handle, at, blockBytes)
    if (expected === null || !header.equals(expected))
      throw damaged(file, `has something else where ${one.path} should be`)
    if (!(await isEmpty(handle, end, paddingBytes(one.bytes))))
      throw damaged(file, `holds something behind ${one.path}`)
    starts.set(one.path, start)
    at = end + paddingBytes(one.bytes)
  }
  if (at + endBytes > size) throw torn(file)
  if (at + endBytes < size) throw damaged(file, `goes on for ${size - at - endBytes} bytes behind its end`)
  if (!(await isEmpty(handle, at, endBytes))) throw damaged(file, 'holds something that its list does not name')
  return starts
}

function torn(file: string) {
  return damaged(file, 'is cut off: it ends before everything that it lists')
}

async function readAt(handle: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  let have = 0
  while (have < bytes) {
    const { bytesRead } = await handle.read(buffer, have, bytes - have, at + have)
    if (bytesRead === 0) break
    have += bytesRead
  }
  return buffer.subarray(0, have)
}

async function isEmpty(handle: FileHandle, at: number, bytes: number): Promise<boolean> {
  if (bytes === 0) return true
  return (await readAt(handle, at, bytes)).equals(Buffer.alloc(bytes))
}

const chunkBytes = 256 * 1024

async function* checked(file: string, one: BundleFile, start: number, offset: number): AsyncGenerator<Uint8Array> {
  if (one.bytes === 0) return
  const hash = createHash('sha256')
  const range = { start: start + offset, end: start + one.bytes - 1, highWaterMark: chunkBytes }
  for await (const chunk of createReadStream(file, range) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    yield chunk
  }
  // Part of a file has no digest of its own: whoever continues compares the whole with the one that was demanded.
  if (offset === 0 && hash.digest('hex') !== one.sha256) throw damaged(file, `is damaged in ${one.path}`)
}
