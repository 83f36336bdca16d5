import type { Stats } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HashedFile, ObjectFormat } from './work.ts'

/** What was read of a file, as long as nobody has written to it since. */
export interface KnownFile {
  readonly sha256: string
  readonly blob: string
  readonly lf: string | null
}

/**
 * What files held when they were read last, with what `lstat` said then: a tree whose files were not written to is known
 * without reading it. Saves time, and is never the only record of anything: damaged or gone, all is read again.
 */
export interface StatCache {
  readonly known: (path: string, now: Stats) => KnownFile | null
  /** All that it knows but these: kept with what is learned of them. */
  readonly without: (paths: ReadonlySet<string>) => readonly Seen[]
}

const fileBytesMax = 256 * 1024 * 1024
/** FAT counts in steps of two seconds; others in less. */
const coarsestClockMs = 2000

interface Stored {
  readonly v: 1
  readonly format: ObjectFormat
  readonly paths: readonly string[]
  /** Size, mtime, ctime and inode of each, and whether they can be believed. */
  readonly stats: readonly number[]
  readonly sha256: readonly string[]
  readonly blobs: readonly string[]
  readonly lf: Readonly<Record<string, string>>
}

export const noCache: StatCache = { known: () => null, without: () => [] }

export async function readStatCache(file: string, format: ObjectFormat): Promise<StatCache> {
  const stored = await load(file)
  if (stored === null || stored.format !== format) return noCache
  const { stats, sha256, blobs, lf } = stored
  const places = new Map(stored.paths.map((path, at) => [path, at]))
  return {
    known: (path, now) => {
      const at = places.get(path)
      if (at === undefined) return null
      const from = at * 4
      const same =
        stats[from] === now.size &&
        stats[from + 1] === now.mtimeMs &&
        stats[from + 2] === now.ctimeMs &&
        stats[from + 3] === now.ino
      const blob = blobs[at]
      const sum = sha256[at]
      return same && blob !== undefined && sum !== undefined ? { sha256: sum, blob, lf: lf[at] ?? null } : null
    },
    without: (paths) =>
      stored.paths.flatMap((path, at) => {
        const [bytes, mtimeMs, ctimeMs, ino] = stats.slice(at * 4, at * 4 + 4)
        const [blob, sum] = [blobs[at], sha256[at]]
        if (paths.has(path) || blob === undefined || sum === undefined || ino === undefined) return []
        return [
          {
            path,
            sha256: sum,
            blob,
            lf: lf[at] ?? null,
            bytes: bytes ?? 0,
            mtimeMs: mtimeMs ?? 0,
            ctimeMs: ctimeMs ?? 0,
            ino,
          },
        ]
      }),
  }
}

async function load(file: string): Promise<Stored | null> {
  try {
    if ((await stat(file)).size > fileBytesMax) return null
    const stored = JSON.parse(await readFile(file, 'utf8')) as Partial<Stored> | null
    const lists = [stored?.paths, stored?.stats, stored?.sha256, stored?.blobs]
    return stored?.v === 1 && lists.every(Array.isArray) && typeof stored.lf === 'object' ? (stored as Stored) : null
  } catch {
    return null
  }
}

export interface Seen extends KnownFile, Pick<HashedFile, 'bytes' | 'mtimeMs' | 'ctimeMs' | 'ino'> {
  readonly path: string
}

/**
 * Keeps what was seen. `beganMs`: when the first file was looked at. A file
 * written in the same tick as it was read may change once more without its times showing it (git: racy), so what is
 * that young is left out, and read again the next time. What cannot be kept is not: a full disk fails no check.
 */
export async function writeStatCache(
  file: string,
  format: ObjectFormat,
  seen: readonly Seen[],
  beganMs: number,
): Promise<void> {
  const sure = seen.filter(({ mtimeMs, ctimeMs }) => Math.max(mtimeMs, ctimeMs) + coarsestClockMs < beganMs)
  const stored: Stored = {
    v: 1,
    format,
    paths: sure.map(({ path }) => path),
    stats: sure.flatMap(({ bytes, mtimeMs, ctimeMs, ino }) => [bytes, mtimeMs, ctimeMs, ino]),
    sha256: sure.map(({ sha256 }) => sha256),
    blobs: sure.map(({ blob }) => blob),
    lf: Object.fromEntries(sure.flatMap(({ lf }, at) => (lf === null ? [] : [[at, lf]]))),
  }
  const temporary = `${file}.${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(temporary, JSON.stringify(stored), { mode: 0o600 })
    await rename(temporary, file)
  } catch {
    await rm(temporary, { force: true }).catch(() => {})
  }
}
