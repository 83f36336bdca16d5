import { dirname, join } from 'node:path'
import { type InstalledPlaces, installedPlaces } from '../../host/git-objects/installed.ts'
import type { StrategyContext } from '../../ports/strategy.ts'

/** In the tree, so that it goes where the tree goes. */
export const backupFolder = '.update_backups'
/** What a tree of unknown origin is called: another one than any commit. */
export const unknownVersion = 'unknown'

export function placesOf({ component, runDir }: StrategyContext): InstalledPlaces {
  return installedPlaces(stateDirOf(runDir), component)
}

function stateDirOf(runDir: string): string {
  return dirname(dirname(runDir))
}

/** Where kept files lie: in the tree; where nothing can be made in it, with the other backups. Best first. */
export function keptFolders(root: string, { component, runDir }: StrategyContext): readonly [string, string] {
  return [join(root, backupFolder), join(stateDirOf(runDir), 'backups', component, 'files')]
}
