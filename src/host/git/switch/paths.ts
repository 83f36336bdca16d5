import { join } from 'node:path'
import { lstatOrNull } from '../../tree/stat.ts'
import { matchGlobs } from '../../tree/globs.ts'
import { submoduleMode, type TreeChange } from '../tree.ts'

/** What a switch writes and removes by itself: not what the user keeps as it is, and no submodules, which git does. */
export function movedBy(changes: readonly TreeChange[], preserve: readonly string[]): readonly TreeChange[] {
  const preserved = matchGlobs(preserve)
  return changes.flatMap((change) => {
    if (preserved(change.path)) return []
    const from = change.from?.mode === submoduleMode ? null : change.from
    const to = change.to?.mode === submoduleMode ? null : change.to
    return from === null && to === null ? [] : [{ ...change, from, to }]
  })
}

/**
 * Things in the work tree that git does not know, and that a new file would take the place of: untracked ones, ignored
 * ones too. `tracked`: every path that the present commit or index has.
 */
export async function collisions(
  root: string,
  changes: readonly TreeChange[],
  tracked: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found = new Set<string>()
  const seen = new Map<string, Promise<'folder' | 'other' | null>>()
  const at = (path: string) => {
    const known = seen.get(path) ?? kindOf(join(root, path))
    seen.set(path, known)
    return known
  }
  for (const { path, from, to } of changes) {
    if (to === null || from !== null) continue
    const parts = path.split('/')
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const here = parts.slice(0, depth).join('/')
      const kind = await at(here)
      if (kind === null) break
      if (kind === 'folder' && depth < parts.length) continue
      if (tracked.has(here)) break
      // A folder whose files all go with the switch is none of the user's.
      if (kind === 'folder' && (await onlyTracked(root, here, tracked))) break
      found.add(here)
      break
    }
  }
  return [...found].toSorted()
}

async function kindOf(path: string): Promise<'folder' | 'other' | null> {
  const found = await lstatOrNull(path)
  return found === null ? null : found.isDirectory() ? 'folder' : 'other'
}

async function onlyTracked(root: string, folder: string, tracked: ReadonlySet<string>): Promise<boolean> {
  const { readdir } = await import('node:fs/promises')
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory() ? !(await onlyTracked(root, path, tracked)) : !tracked.has(path)) return false
  }
  return true
}
