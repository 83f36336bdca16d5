import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readKept, type SavedList } from '../../host/file-set/saved.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import { keptFolders } from './layout.ts'

/** What one update or rollback replaced. */
export interface Kept {
  readonly dir: string
  readonly name: string
  readonly list: SavedList
  /** When its list was written: two of one second have an order too. */
  readonly atMs: number
}

const nameShape = /^\d{8}_\d{6}~r-[0-9a-f]{8,32}$/

/** Newest first. */
export async function keptVersions(root: string, context: StrategyContext): Promise<readonly Kept[]> {
  const found: Kept[] = []
  for (const place of keptFolders(root, context)) {
    for (const name of await readdir(place).catch(() => [])) {
      if (!nameShape.test(name)) continue
      const dir = join(place, name)
      const list = await readKept(dir)
      if (list === null || list.root !== root) continue
      found.push({ dir, name, list, atMs: (await stat(join(dir, 'changes.json'))).mtimeMs })
    }
  }
  return found.toSorted((a, b) => b.name.slice(0, 15).localeCompare(a.name.slice(0, 15)) || b.atMs - a.atMs)
}

/** The moment that its name tells, ISO 8601. */
export function sinceOf({ name }: Kept): string {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/.exec(name) ?? []
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
}
