import { byAge, type Kept, keptIn } from '../../host/file-set/kept.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import { keptFolders } from './layout.ts'

/** What updates and rollbacks replaced, wherever it is kept; newest first. */
export async function keptVersions(root: string, context: StrategyContext): Promise<readonly Kept[]> {
  const found = await Promise.all(keptFolders(root, context).map((place) => keptIn(place, root)))
  return found.flat().toSorted(byAge)
}
