import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fail } from '../../core/model/problem.ts'
import { copyTree } from '../tree/copy.ts'
import { hashTree } from '../tree/hash.ts'
import { isMountPoint } from '../tree/places.ts'
import type { Saved } from './build-backup.ts'
import { copyEntry, endOfLinks, entryAt } from './copy-entry.ts'
import type { PathData } from './path-keys.ts'
import { selectionOf, survey } from './selection.ts'
import { copySqlite, isSqlite } from './sqlite.ts'

/** The hash of what is saved at `data`: a folder, a file, or nothing at all. */
export async function hashData(data: string): Promise<string> {
  const entry = entryAt(data)
  if (entry?.isDirectory() === true) return hashTree(data)
  const sum = createHash('sha256')
  if (entry !== null) await pipeline(createReadStream(data), sum)
  return sum.digest('hex')
}

async function saveFolder(dir: string, data: string, wanted: PathData, signal: AbortSignal): Promise<Saved> {
  const { left, databases, companions } = await survey(dir, wanted, signal)
  const selected = selectionOf(wanted)
  const skipped = new Set([...left, ...companions])
  const { files, bytes } = await copyTree(dir, data, {
    filter: (path, kind) => (skipped.has(path) ? false : selected(path, kind)),
    signal,
  })
  for (const path of databases) {
    const to = join(data, path)
    const { atime, mtime } = await stat(dirname(to))
    await copySqlite(join(dir, path), to, signal)
    await utimes(dirname(to), atime, mtime)
  }
  return { files, bytes, left }
}

async function saveFile(file: string, data: string, signal: AbortSignal): Promise<Saved> {
  if (await isSqlite(file)) await copySqlite(file, data, signal)
  else await copyEntry(file, data, signal)
  return { files: 1, bytes: (await stat(data)).size, left: [] }
}

/** A mount point cannot be renamed away, so a restore could not put the copy in its place. */
function refuseMount(path: string): void {
  if (!isMountPoint(path)) return
  throw fail('E_TARGET_MOUNT', `${path} is a mount point: it cannot be replaced as a whole`, {
    hint: 'Name the folders and files in it instead, each as data of its own.',
    facts: { path },
  })
}

/** Saves what is there now at `data`. Errors: E_BACKUP_FAILED (nothing there, unreadable), E_TARGET_MOUNT. */
export async function savePath(wanted: PathData, data: string, signal: AbortSignal): Promise<Saved> {
  const from = endOfLinks(wanted.path)
  const entry = entryAt(from)
  if (entry === null) {
    if (wanted.optional === true) return { files: 0, bytes: 0, left: [] }
    throw fail('E_BACKUP_FAILED', `there is nothing at ${wanted.path} to save`, {
      hint: 'Correct the path; or say "optional: true" when it may not be there yet.',
      facts: { path: wanted.path },
    })
  }
  refuseMount(from)
  return entry.isDirectory() ? saveFolder(from, data, wanted, signal) : saveFile(from, data, signal)
}

/** What `savePath` will need. */
export async function bytesOf(wanted: PathData, signal: AbortSignal): Promise<number> {
  const from = endOfLinks(wanted.path)
  const entry = entryAt(from)
  if (entry === null) return 0
  return entry.isDirectory() ? (await survey(from, wanted, signal)).bytes : entry.size
}
