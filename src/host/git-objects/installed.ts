import { statSync } from 'node:fs'
import { join } from 'node:path'
import { agrees } from '../../core/files/record.ts'
import { type InstalledPlaces, type ReadOptions, unchangedVerdict, type Verdict } from './verdict.ts'

export type { InstalledPlaces } from './verdict.ts'

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

/** Holds the record against the tree. `full`: reads every file, whatever is known of it. */
export async function readInstalled(
  root: string,
  places: InstalledPlaces,
  options: ReadOptions,
): Promise<InstalledTree | null> {
  const stamp = stampOf(places.record)
  if (stamp === null) return null
  const known = options.full ? null : unchangedVerdict(places.stats, root, stamp)
  return judged(known ?? (await (await import('./compare.ts')).compare(root, places, stamp, options)))
}

function judged(verdict: Verdict | null): InstalledTree | null {
  if (verdict === null) return null
  const { commit, files, edited } = verdict
  return { commit, believed: agrees(files - edited.length, files), edited }
}

/** Another record has another stamp: it is written anew, never in place. */
function stampOf(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false })
  return found === undefined ? null : [found.size, found.mtimeMs, found.ctimeMs, found.ino].join(' ')
}
