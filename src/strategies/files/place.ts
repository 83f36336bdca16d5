import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import type { RemoveStep } from '../../core/plan/step.ts'
import { freeBytes } from '../../host/tree/places.ts'
import { tryWriting } from '../../host/tree/try-write.ts'
import { nearest } from '../../host/tree/mounts.ts'
import type { Installed, StrategyContext } from '../../ports/strategy.ts'
import { keptName } from '../../host/file-set/kept.ts'
import { keptFolders } from './layout.ts'

/**
 * Where this run keeps what it replaces: the first place that can be written, proven by writing, and has room. Nothing
 * starts without one (H5).
 */
export async function keptPlace(root: string, needBytes: number, context: StrategyContext): Promise<string> {
  const refused: string[] = []
  for (const folder of keptFolders(root, context)) {
    const place = nearest(folder)
    try {
      await tryWriting(place)
      if (!isOwn(folder)) refused.push(`${folder} belongs to somebody else`)
      else if (freeBytes(place) < needBytes) refused.push(`${folder} has too little room`)
      else return join(folder, keptName(new Date(), context.run))
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw fail('E_BACKUP_FAILED', `Nothing can be kept of what is replaced: ${refused.join('; ')}.`, {
    hint: 'Nothing was changed. Make room, or let belay write there.',
    facts: { refused },
  })
}

/** What lies in somebody else's folder can be swapped under Belay's hands. */
function isOwn(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false })
  return stat === undefined || process.getuid === undefined || stat.uid === process.getuid()
}

/** Kept versions beyond `keep` go. What this run replaces takes one of the places. */
export function surplus(now: Installed, { keep }: StrategyContext): readonly RemoveStep[] {
  return now.kept
    .slice(Math.max(0, keep - 1))
    .map(({ path }) => ({ kind: 'remove', phase: 'cleanup', detail: path, path }))
}
