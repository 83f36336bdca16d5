import { lstatSync, type Stats } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ObjectFormat } from './work.ts'

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

/** What was concluded of a whole tree: from which record, and which of its files are not as it says. */
export interface Verdict {
  readonly record: string
  readonly commit: string
  readonly files: number
  readonly edited: readonly string[]
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

const fileBytesMax = 256 * 1024 * 1024
/** FAT counts in steps of two seconds; others in less. */
const coarsestClockMs = 2000
const numbersEach = 4

/** The first line. It is all that is needed where nothing was written to. */
interface Places {
  readonly v: 1
  readonly format: ObjectFormat
  readonly verdict: Verdict | null
  readonly paths: readonly string[]
  /** Size, mtime, ctime and inode of each. */
  readonly stats: readonly number[]
}

/** The second line. */
interface Contents {
  readonly sha256: readonly string[]
  readonly blobs: readonly string[]
  readonly lf: Readonly<Record<string, string>>
}

export const noCache: StatCache = { known: () => null, without: () => [], verdict: null }

interface Loaded {
  readonly places: Places
  readonly contents: () => Contents | null
}

async function load(file: string): Promise<Loaded | null> {
  try {
    if ((await stat(file)).size > fileBytesMax) return null
    const text = await readFile(file, 'utf8')
    const end = text.indexOf('\n')
    const places = JSON.parse(text.slice(0, end)) as Partial<Places> | null
    if (places?.v !== 1 || !Array.isArray(places.paths) || !Array.isArray(places.stats)) return null
    if (places.stats.length !== places.paths.length * numbersEach) return null
    return { places: places as Places, contents: () => contentsOf(text.slice(end + 1)) }
  } catch {
    return null
  }
}

function contentsOf(text: string): Contents | null {
  try {
    const contents = JSON.parse(text) as Partial<Contents> | null
    const whole = Array.isArray(contents?.sha256) && Array.isArray(contents.blobs) && typeof contents.lf === 'object'
    return whole ? (contents as Contents) : null
  } catch {
    return null
  }
}

/**
 * The verdict on a tree of which nothing was written to since; null: it must be looked at. `isFree`: the way to the path
 * leads over no link.
 */
export async function unchangedVerdict(
  file: string,
  root: string,
  record: string,
  isFree: (path: string) => boolean,
): Promise<Verdict | null> {
  const loaded = await load(file)
  const verdict = loaded?.places.verdict
  if (loaded === null || verdict?.record !== record) return null
  const { paths, stats } = loaded.places
  for (let at = 0; at < paths.length; at += 1) {
    const path = paths[at] ?? ''
    const now = lstatSync(`${root}/${path}`, { throwIfNoEntry: false })
    if (now === undefined || !isSame(stats, at, now) || !isFree(path)) return null
  }
  return verdict
}

function isSame(stats: readonly number[], at: number, now: Stats): boolean {
  const from = at * numbersEach
  return (
    stats[from] === now.size &&
    stats[from + 1] === now.mtimeMs &&
    stats[from + 2] === now.ctimeMs &&
    stats[from + 3] === now.ino
  )
}

export async function readStatCache(file: string, format: ObjectFormat): Promise<StatCache> {
  const loaded = await load(file)
  const contents = loaded?.places.format === format ? loaded.contents() : null
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
        const [bytes = 0, mtimeMs = 0, ctimeMs = 0, ino = 0] = stats.slice(at * numbersEach, (at + 1) * numbersEach)
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
  const places: Places = {
    v: 1,
    format,
    verdict,
    paths: seen.map(({ path }) => path),
    stats: seen.flatMap(({ bytes, mtimeMs, ctimeMs, ino }) => [bytes, mtimeMs, ctimeMs, ino]),
  }
  const contents: Contents = {
    sha256: seen.map(({ sha256 }) => sha256),
    blobs: seen.map(({ blob }) => blob),
    lf: Object.fromEntries(seen.flatMap(({ lf }, at) => (lf === null ? [] : [[at, lf]]))),
  }
  const temporary = `${file}.${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(temporary, `${JSON.stringify(places)}\n${JSON.stringify(contents)}\n`, { mode: 0o600 })
    await rename(temporary, file)
  } catch {
    await rm(temporary, { force: true }).catch(() => {})
  }
}
