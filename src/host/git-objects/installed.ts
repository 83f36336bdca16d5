import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { absent, type BaseFile, isClean } from '../../core/files/local.ts'
import { agrees, type InstalledRecord, parseRecord } from '../../core/files/record.ts'
import { statOrNull } from '../tree/stat.ts'
import { formatOfId } from './blob-id.ts'
import { Folders, type LocalTreeRequest, readLocalTree } from './local-tree.ts'
import { unchangedVerdict, type Verdict } from './stat-cache.ts'

const recordBytesMax = 256 * 1024 * 1024

/** Where strategy `files` keeps what it knows of a component. */
export interface InstalledPlaces {
  readonly record: string
  /** What was read of the tree, so that it need not be read again. */
  readonly stats: string
}

export function installedPlaces(stateDir: string, component: string): InstalledPlaces {
  const dir = join(stateDir, 'installed')
  return { record: join(dir, `${component}.json`), stats: join(dir, `${component}.stats`) }
}

export interface InstalledTree {
  readonly commit: string
  /** Whether the tree is still about what the record says. */
  readonly believed: boolean
  /** Files that are not what was installed. */
  readonly edited: readonly string[]
}

/** null: nothing was installed here, or the record cannot be read. */
export async function readRecord(file: string): Promise<InstalledRecord | null> {
  try {
    if ((await stat(file)).size > recordBytesMax) return null
    return parseRecord(await readFile(file, 'utf8'))
  } catch (error) {
    // A record that may not be read must not pass for none: what is installed would be called unknown, and replaced.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
}

interface ReadOptions extends Pick<LocalTreeRequest, 'full' | 'nowMs' | 'signal'> {}

/** Holds the record against the tree. `full`: reads every file, whatever is known of it. */
export async function readInstalled(
  root: string,
  places: InstalledPlaces,
  options: ReadOptions,
): Promise<InstalledTree | null> {
  const stamp = await stampOf(places.record)
  if (stamp === null) return null
  const folders = new Folders(root)
  const isFree = (path: string): boolean => folders.above(path) === 'folder'
  const known = options.full ? null : await unchangedVerdict(places.stats, root, stamp, isFree)
  return judged(known ?? (await compare(root, places, stamp, options)))
}

function judged(verdict: Verdict | null): InstalledTree | null {
  if (verdict === null) return null
  const { commit, files, edited } = verdict
  return { commit, believed: agrees(files - edited.length, files), edited }
}

/** Another record has another stamp: it is written anew, never in place. */
async function stampOf(file: string): Promise<string | null> {
  const found = await statOrNull(file)
  return found === null ? null : [found.size, found.mtimeMs, found.ctimeMs, found.ino].join(' ')
}

async function compare(
  root: string,
  places: InstalledPlaces,
  stamp: string,
  { full, nowMs, signal }: ReadOptions,
): Promise<Verdict | null> {
  const record = await readRecord(places.record)
  if (record === null) return null
  const own = Object.entries(record.files).filter(([, { sha256 }]) => sha256 !== null)
  let verdict: Verdict | null = null
  await readLocalTree({
    root,
    paths: own.map(([path]) => path),
    format: formatOfId(record.commit),
    cacheFile: places.stats,
    full,
    ...(nowMs === undefined ? {} : { nowMs }),
    expected: (path) => expectedOf(record.files[path]),
    signal,
    conclude: (found) => {
      const edited = own.flatMap(([path, base]) => (isClean(found.get(path) ?? absent, base) ? [] : [path]))
      verdict = { record: stamp, commit: record.commit, files: own.length, edited }
      return verdict
    },
  })
  return verdict
}

function expectedOf(base: BaseFile | undefined): { readonly sha256: string; readonly blob: string } | null {
  return base === undefined || base.sha256 === null ? null : { sha256: base.sha256, blob: base.blob }
}
