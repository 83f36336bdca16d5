import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { absent, type LocalFile } from '../../core/files/local.ts'
import { blobId } from './blob-id.ts'
import { hashFiles, type HashJob, type ObjectFormat } from './hash-files.ts'
import {
  isSettled,
  noCache,
  readStatCache,
  type Seen,
  type StatCache,
  type Verdict,
  writeStatCache,
} from './stat-cache.ts'

export interface LocalTreeRequest {
  readonly root: string
  readonly paths: readonly string[]
  readonly format: ObjectFormat
  /** Where what was read is kept; null: nowhere. */
  readonly cacheFile: string | null
  /** Reads every file, whatever is known of it. */
  readonly full: boolean
  /** What a file is expected to hold: where it does, it is not hashed twice. */
  readonly expected: (path: string) => { readonly sha256: string; readonly blob: string } | null
  /** The clock of the file system, where it is not that of this process. Milliseconds since the epoch. */
  readonly nowMs?: number
  readonly signal: AbortSignal
  /** What is concluded of what was found, to be kept with it. */
  readonly conclude?: (found: ReadonlyMap<string, LocalFile>) => Verdict
}

interface Unread {
  readonly path: string
  readonly stat: Stats
}

/** What stands at each of the paths. System errors, named by path; what vanishes meanwhile is absent. */
export async function readLocalTree(request: LocalTreeRequest): Promise<ReadonlyMap<string, LocalFile>> {
  const { root, format, cacheFile } = request
  const beganMs = request.nowMs ?? Date.now()
  const cache = cacheFile === null || request.full ? noCache : readStatCache(cacheFile, format)
  const found = new Map<string, LocalFile>()
  const seen: Seen[] = []
  const unread: Unread[] = []
  const folders = new Folders(root)
  for (const path of request.paths) {
    const behind = folders.above(path)
    if (behind !== 'folder') found.set(path, behind)
    else look(path, request, cache, { found, seen, unread })
  }
  if (unread.length > 0) await readAll(unread, request, found, seen)
  const concluded = request.conclude?.(found) ?? null
  const sure = seen.filter((one) => isSettled(one, beganMs))
  // A verdict stands as long as nothing was written to; what is not watched may be.
  const verdict = sure.length === request.paths.length ? concluded : null
  const isNews = unread.length > 0 || (verdict !== null && !isDeepStrictEqual(verdict, cache.verdict))
  if (cacheFile !== null && isNews) {
    await writeStatCache(cacheFile, { format, seen: [...sure, ...cache.without(new Set(request.paths))], verdict })
  }
  return found
}

interface Looks {
  readonly found: Map<string, LocalFile>
  readonly seen: Seen[]
  readonly unread: Unread[]
}

function look(path: string, { root, format }: LocalTreeRequest, cache: StatCache, into: Looks): void {
  const place = `${root}/${path}`
  const stat = lstatSync(place, { throwIfNoEntry: false })
  if (stat === undefined) into.found.set(path, absent)
  else if (stat.isFile()) {
    const known = cache.known(path, stat)
    if (known === null) {
      into.found.set(path, absent)
      into.unread.push({ path, stat })
      return
    }
    const { size: bytes, mtimeMs, ctimeMs, ino, mode } = stat
    into.found.set(path, { kind: 'file', ...known, bytes, mode: mode & 0o7777 })
    into.seen.push({ path, ...known, bytes, mtimeMs, ctimeMs, ino })
  } else if (stat.isSymbolicLink()) {
    const target = readlinkSync(place, { encoding: 'buffer' })
    into.found.set(path, { kind: 'link', target: target.toString(), blob: blobId(target, format) })
  } else into.found.set(path, { kind: stat.isDirectory() ? 'folder' : 'special' })
}

async function readAll(
  unread: readonly Unread[],
  { root, format, expected, signal }: LocalTreeRequest,
  found: Map<string, LocalFile>,
  seen: Seen[],
): Promise<void> {
  const jobs: HashJob[] = unread.map(({ path, stat }) => ({
    path: `${root}/${path}`,
    sha256: expected(path)?.sha256 ?? null,
    bytes: stat.size,
  }))
  const bytes = unread.reduce((sum, { stat }) => sum + stat.size, 0)
  const answers = await hashFiles({ jobs, format, bytes, signal })
  for (const [at, { path, stat }] of unread.entries()) {
    const answer = answers[at]
    if (answer === undefined) throw new Error('a file was left out')
    if ('errno' in answer) {
      found.set(path, unreadable(`${root}/${path}`, answer.errno))
      continue
    }
    const { mtimeMs, ctimeMs, ino, mode } = stat
    const known = { ...answer, blob: answer.blob ?? expected(path)?.blob ?? '' }
    found.set(path, { kind: 'file', ...known, mode: mode & 0o7777 })
    seen.push({ path, ...known, mtimeMs, ctimeMs, ino })
  }
}

/** A file that may not be read must not pass for one that is not there: an update would put its own in its place. */
function unreadable(path: string, errno: string): LocalFile {
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return absent
  if (errno === 'ELOOP' || errno === 'EINVAL') return { kind: 'special' }
  throw Object.assign(new Error(`${errno}: cannot read '${path}'`), { code: errno, path })
}

/** The folders on the way to paths: each is looked at once. */
class Folders {
  readonly #root: string
  readonly #known = new Map<string, LocalFile | 'folder'>([['', 'folder']])

  constructor(root: string) {
    this.#root = root
  }

  /** `folder`: the way is free. Else what the path is because of what stands above it. */
  above(path: string): LocalFile | 'folder' {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const known = this.#known.get(folder)
    if (known !== undefined) return known
    const above = this.above(folder)
    const found = above === 'folder' ? this.#look(folder) : above
    this.#known.set(folder, found)
    return found
  }

  #look(folder: string): LocalFile | 'folder' {
    const stat = lstatSync(`${this.#root}/${folder}`, { throwIfNoEntry: false })
    if (stat?.isDirectory()) return 'folder'
    return stat?.isSymbolicLink() ? { kind: 'behind-link', link: folder } : absent
  }
}
