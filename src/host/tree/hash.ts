import { createHash, type Hash } from 'node:crypto'
import { closeSync, readSync } from 'node:fs'
import { matchGlobs } from './globs.ts'
import { named } from './held-folder.ts'
import { type EntryKind, walk, type WalkedEntry } from './walk.ts'

const chunkBytes = 256 * 1024

export interface TreeOptions {
  /** Patterns as in `matchGlobs`. */
  readonly exclude?: readonly string[]
  readonly signal?: AbortSignal
}

export interface TreeEntry {
  readonly path: string
  readonly kind: EntryKind
  /** Permission bits, setuid and its like included. */
  readonly mode: number
  readonly bytes: number
  readonly target: string | null
}

/**
 * A SHA-256 in hex over the sorted paths, kinds, modes, link targets and contents of a tree: equal when the trees are.
 * Times and owners are not part of it. `modes: false` leaves permission bits out.
 */
export async function hashTree(dir: string, options: TreeOptions & { readonly modes?: boolean } = {}): Promise<string> {
  const sum = createHash('sha256')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for await (const entry of walk(dir, walkOptions(options))) {
    const mode = options.modes === false || entry.kind === 'link' ? '' : (entry.stat.mode & 0o7777).toString(8)
    // As JSON no field can run into the next one.
    sum.update(
      `${JSON.stringify([entry.path, entry.kind, mode, entry.target, entry.kind === 'file' ? entry.stat.size : 0])}\n`,
    )
    if (entry.kind === 'file') addContent(sum, entry, chunk)
  }
  return sum.digest('hex')
}

export async function listTree(dir: string, options: TreeOptions = {}): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = []
  for await (const { path, kind, stat, target } of walk(dir, walkOptions(options))) {
    entries.push({ path, kind, mode: stat.mode & 0o7777, bytes: kind === 'file' ? stat.size : 0, target })
  }
  return entries
}

/** Bytes of all files in a tree; hard links count once. */
export async function dirBytes(dir: string, options: TreeOptions = {}): Promise<number> {
  const seen = new Set<string>()
  let bytes = 0
  for await (const { kind, stat } of walk(dir, walkOptions(options))) {
    if (kind !== 'file') continue
    const id = `${stat.dev}:${stat.ino}`
    if (stat.nlink > 1 && seen.has(id)) continue
    if (stat.nlink > 1) seen.add(id)
    bytes += stat.size
  }
  return bytes
}

function walkOptions(options: TreeOptions): Parameters<typeof walk>[1] {
  const { exclude = [], signal } = options
  return { exclude: matchGlobs(exclude), ...(signal === undefined ? {} : { signal }) }
}

function addContent(sum: Hash, { parent, name }: WalkedEntry, chunk: Buffer): void {
  named(`${parent.path}/${name}`, () => {
    const fd = parent.file(name)
    try {
      for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) sum.update(chunk.subarray(0, got))
    } finally {
      closeSync(fd)
    }
  })
}
