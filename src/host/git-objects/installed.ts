import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type BaseFile, isClean, type LocalFile } from '../../core/files/local.ts'
import { agrees, type InstalledRecord, parseRecord } from '../../core/files/record.ts'
import { formatOfId } from './blob-id.ts'
import { readLocalTree } from './local-tree.ts'

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
  readonly record: InstalledRecord
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

/** Holds the record against the tree. `full`: reads every file, whatever is known of it. */
export async function readInstalled(
  root: string,
  places: InstalledPlaces,
  options: { readonly full: boolean; readonly signal: AbortSignal },
): Promise<InstalledTree | null> {
  const record = await readRecord(places.record)
  if (record === null) return null
  const own = Object.entries(record.files).filter(([, { sha256 }]) => sha256 !== null)
  const local = await readLocalTree({
    root,
    paths: own.map(([path]) => path),
    format: formatOfId(record.commit),
    cacheFile: places.stats,
    full: options.full,
    expected: (path) => expectedOf(record.files[path]),
    signal: options.signal,
  })
  const edited = own.flatMap(([path, base]) => (isClean(there(local, path), base) ? [] : [path]))
  return { record, believed: agrees(own.length - edited.length, own.length), edited }
}

function there(local: ReadonlyMap<string, LocalFile>, path: string): LocalFile {
  return local.get(path) ?? { kind: 'absent' }
}

export function expectedOf(base: BaseFile | undefined): { readonly sha256: string; readonly blob: string } | null {
  return base === undefined || base.sha256 === null ? null : { sha256: base.sha256, blob: base.blob }
}
