import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs'
import type { ObjectFormat } from './work.ts'

/**
 * The quick answer to what a tree is: nothing of it was written to since it was looked at last. Every command that reads
 * asks it, so it loads nothing and opens one file.
 */

/** Where strategy `files` keeps what it knows of a component. */
export interface InstalledPlaces {
  readonly record: string
  /** What was read of the tree, so that it need not be read again. */
  readonly stats: string
}

export interface ReadOptions {
  readonly full: boolean
  /** As in `readLocalTree`. */
  readonly nowMs?: number
  readonly signal: AbortSignal
}

/** What was concluded of a whole tree: from which record, and which of its files are not as it says. */
export interface Verdict {
  readonly record: string
  readonly commit: string
  readonly files: number
  readonly edited: readonly string[]
}

/** What the stat cache begins with. It is all that is needed where nothing was written to. */
export interface Places {
  readonly format: ObjectFormat
  readonly verdict: Verdict | null
  readonly paths: readonly string[]
  /** Size, mtime, ctime and inode of each. */
  readonly stats: Float64Array
}

/** The first line of the file. Behind it lie the numbers as they are in memory, the paths by lines, and the contents as JSON. */
export interface Header {
  readonly v: 1
  readonly format: ObjectFormat
  readonly verdict: Verdict | null
  readonly files: number
  readonly pathBytes: number
}

const fileBytesMax = 256 * 1024 * 1024
export const numbersEach = 4

/** `rest`: the contents, as text. null: there is none, or it is damaged. */
export function loadPlaces(file: string): { readonly places: Places; readonly rest: () => string } | null {
  try {
    if (statSync(file).size > fileBytesMax) return null
    const content = readFileSync(file)
    const end = content.indexOf('\n') + 1
    const header = JSON.parse(content.toString('utf8', 0, end)) as Partial<Header> | null
    if (header?.v !== 1) return null
    const { format = 'sha1', verdict = null, files = -1, pathBytes = -1 } = header
    const numbers = end + files * numbersEach * Float64Array.BYTES_PER_ELEMENT
    // In memory numbers begin at multiples of eight, in the file they need not.
    const stats = new Float64Array(Uint8Array.from(content.subarray(end, numbers)).buffer)
    const paths = files === 0 ? [] : content.toString('utf8', numbers, numbers + pathBytes).split('\n')
    if (paths.length !== files || stats.length !== files * numbersEach) return null
    return { places: { format, verdict, paths, stats }, rest: () => content.toString('utf8', numbers + pathBytes) }
  } catch {
    return null
  }
}

const quietly = { throwIfNoEntry: false } as const

/**
 * null: something was written to, or is another file by now: the tree must be looked at. `record`: the stamp of its
 * record. Folders are not looked at: a file that was moved as it is, is what it was.
 */
export function unchangedVerdict(file: string, root: string, record: string): Verdict | null {
  const { places } = loadPlaces(file) ?? { places: null }
  const verdict = places?.verdict
  if (places === null || verdict?.record !== record) return null
  const { paths, stats } = places
  for (let at = 0; at < paths.length; at += 1) {
    const now = lstatSync(`${root}/${paths[at]}`, quietly)
    if (now === undefined || !isSame(stats, at, now)) return null
  }
  return verdict
}

export function isSame(stats: Float64Array, at: number, now: Stats): boolean {
  const from = at * numbersEach
  return (
    stats[from] === now.size &&
    stats[from + 1] === now.mtimeMs &&
    stats[from + 2] === now.ctimeMs &&
    stats[from + 3] === now.ino
  )
}
