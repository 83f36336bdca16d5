import type { Stats } from 'node:fs'
import { lstat, stat } from 'node:fs/promises'

/** What stands at this very name, a link as a link. null: nothing. */
export function lstatOrNull(path: string): Promise<Stats | null> {
  return lstat(path).catch(nothingThere)
}

/** What a name leads to. null: nothing, or a link that leads nowhere. */
export function statOrNull(path: string): Promise<Stats | null> {
  return stat(path).catch(nothingThere)
}

/** A link that leads nowhere exists too. */
export async function exists(path: string): Promise<boolean> {
  return (await lstatOrNull(path)) !== null
}

/** Missing rights or a bad disk must not pass for "nothing there": an undo would believe that it has nothing to do. */
function nothingThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
  throw error
}
