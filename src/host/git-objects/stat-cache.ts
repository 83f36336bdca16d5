import type { Stats } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Header, isSame, loadPlaces, numbersEach, type Verdict } from './verdict.ts'
import type { ObjectFormat } from './work.ts'

export type { Verdict } from './verdict.ts'

/** What was read of a file, as long as nobody has written to it since. */
export interface KnownFile {
  readonly sha256: string
  readonly blob: string
  readonly lf: string | null
}

export interface Seen extends KnownFile, Pick<Stats, 'mtimeMs' | 'ctimeMs' | 'ino'> {
  readonly path: string
  readonly bytes: number
}

/**
 * What files held when they were read last, with what `lstat` said then: a tree whose files were not written to is known
 * without reading it. Saves time, and is never the only record of anything: damaged or gone, all is read again.
 */
export interface StatCache {
  readonly known: (path: string, now: Stats) => KnownFile | null
  /** All that it knows but these: kept with what is learned of them. */
  readonly without: (paths: ReadonlySet<string>) => readonly Seen[]
  readonly verdict: Verdict | null
}

/** FAT counts in steps of two seconds; others in less. */
const coarsestClockMs = 2000

/** The end of the file. */
interface Contents {
  readonly sha256: readonly string[]
  readonly blobs: readonly string[]
  readonly lf: Readonly<Record<string, string>>
}

export const noCache: StatCache = { known: () => null, without: () => [], verdict: null }

function contentsOf(text: string): Contents | null {
  try {
    const contents = JSON.parse(text) as Partial<Contents> | null
    const whole = Array.isArray(contents?.sha256) && Array.isArray(contents.blobs) && typeof contents.lf === 'object'
    return whole ? (contents as Contents) : null
  } catch {
    return null
  }
}

export function readStatCache(file: string, format: ObjectFormat): StatCache {
  const loaded = loadPlaces(file)
  const contents = loaded?.places.format === format ? contentsOf(loaded.rest()) : null
  if (loaded === null || contents === null) return noCache
  const { paths, stats, verdict } = loaded.places
  const { sha256, blobs, lf } = contents
  const places = new Map(paths.map((path, at) => [path, at]))
  const contentAt = (at: number): KnownFile | null => {
    const [blob, sum] = [blobs[at], sha256[at]]
    return blob === undefined || sum === undefined ? null : { sha256: sum, blob, lf: lf[at] ?? null }
  }
  return {
    verdict,
    known: (path, now) => {
      const at = places.get(path)
      return at !== undefined && isSame(stats, at, now) ? contentAt(at) : null
    },
    without: (others) =>
      paths.flatMap((path, at) => {
        const content = contentAt(at)
        if (others.has(path) || content === null) return []
        const [bytes = 0, mtimeMs = 0, ctimeMs = 0, ino = 0] = stats.subarray(at * numbersEach, (at + 1) * numbersEach)
        return [{ path, ...content, bytes, mtimeMs, ctimeMs, ino }]
      }),
  }
}

/**
 * `beganMs`: when the first file was looked at. A file written in the same tick as it was read may change once more
 * without its times showing it (git: racy), so what is that young is not kept, and read again the next time.
 */
export function isSettled({ mtimeMs, ctimeMs }: Pick<Seen, 'mtimeMs' | 'ctimeMs'>, beganMs: number): boolean {
  return Math.max(mtimeMs, ctimeMs) + coarsestClockMs < beganMs
}

/** Keeps what was seen. What cannot be kept is not: a full disk fails no check. */
export async function writeStatCache(
  file: string,
  kept: {
    readonly format: ObjectFormat
    readonly seen: readonly Seen[]
    readonly verdict: Verdict | null
  },
): Promise<void> {
  const { format, verdict, seen } = kept
  const paths = Buffer.from(seen.map(({ path }) => path).join('\n'))
  const stats = Float64Array.from(seen.flatMap(({ bytes, mtimeMs, ctimeMs, ino }) => [bytes, mtimeMs, ctimeMs, ino]))
  const header: Header = { v: 1, format, verdict, files: seen.length, pathBytes: paths.length }
  const contents: Contents = {
    sha256: seen.map(({ sha256 }) => sha256),
    blobs: seen.map(({ blob }) => blob),
    lf: Object.fromEntries(seen.flatMap(({ lf }, at) => (lf === null ? [] : [[at, lf]]))),
  }
  const parts = [
    Buffer.from(`${JSON.stringify(header)}\n`),
    Buffer.from(stats.buffer),
    paths,
    Buffer.from(JSON.stringify(contents)),
  ]
  const temporary = `${file}.${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(temporary, Buffer.concat(parts), { mode: 0o600 })
    await rename(temporary, file)
  } catch {
    await rm(temporary, { force: true }).catch(() => {})
  }
}
