import { readFile, stat } from 'node:fs/promises'
import { absent, type BaseFile, isClean } from '../../core/files/local.ts'
import { type InstalledRecord, parseRecord } from '../../core/files/record.ts'
import { formatOfId } from './blob-id.ts'
import { readLocalTree } from './local-tree.ts'
import type { InstalledPlaces, ReadOptions, Verdict } from './verdict.ts'

const recordBytesMax = 256 * 1024 * 1024

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

/** Holds the record against the tree, file by file, and keeps what it found. */
export async function compare(
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
