import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileChange, FileState } from '../../core/files/change.ts'
import { statOrNull } from '../tree/stat.ts'
import { readKept, type SavedList } from './saved.ts'

/** What one transaction replaced, and how one goes back over several of them. */
export interface Kept {
  readonly dir: string
  readonly list: SavedList
  /** ISO 8601, as its name tells. */
  readonly since: string
  /** When its list was written: two of one second have an order too. */
  readonly atMs: number
}

const nameShape = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)~r-[0-9a-f]{8,32}$/

/** `20260101_120000~r-7f3c12ab`, UTC. */
export function keptName(now: Date, run: string): string {
  const digits = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '_').slice(0, 15)
  return `${digits}~${run}`
}

/** Those of one tree, newest first. */
export async function keptIn(folder: string, root: string): Promise<readonly Kept[]> {
  const found: Kept[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const [, year, month, day, hour, minute, second] = nameShape.exec(name) ?? []
    const dir = join(folder, name)
    const list = year === undefined ? null : await readKept(dir)
    const written = await statOrNull(join(dir, 'changes.json'))
    // It may be pruned away while it is looked at.
    if (list === null || list.root !== root || written === null) continue
    const since = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
    found.push({ dir, list, since, atMs: written.mtimeMs })
  }
  return found.toSorted(byAge)
}

/** Newest first. */
export function byAge(a: Kept, b: Kept): number {
  return b.since.localeCompare(a.since) || b.atMs - a.atMs
}

/** Newest first: each must begin where the one before it came from. Gives the one that does not; null: the way is whole. */
export function gapIn(chain: readonly Kept[], version: string | null): Kept | null {
  let at = version
  for (const kept of chain) {
    if (kept.list.to !== at) return kept
    at = kept.list.from
  }
  return null
}

/** `content`: the file that is kept. null: the change needs none. */
export interface WayBack {
  readonly change: FileChange
  readonly content: string | null
}

/** All that the transactions of the chain changed, as one change per path: the oldest says what was, the newest what is. */
export function wayBack(chain: readonly Kept[]): readonly WayBack[] {
  const found = new Map<
    string,
    { readonly from: FileState | null; readonly to: FileState | null; readonly dir: string }
  >()
  for (const { list, dir } of chain) {
    for (const { path, from, to } of list.changes) {
      const newer = found.get(path)
      found.set(path, { from: newer === undefined ? to : newer.from, to: from, dir })
    }
  }
  return [...found].map(([path, { from, to, dir }]) => ({
    change: { path, from, to },
    content: to?.kind === 'file' ? join(dir, 'files', path) : null,
  }))
}
