import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { copyTree } from '../tree/copy.ts'
import { removeTree } from '../tree/remove.ts'

const linksMax = 40

/** What lies at a path itself, a link not followed; null: nothing. */
export function entryAt(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null
}

/** Where a chain of links ends, also when nothing is there at the moment: a restore puts the data exactly there. */
export function endOfLinks(path: string): string {
  let at = resolve(path)
  for (let n = 0; n < linksMax && entryAt(at)?.isSymbolicLink() === true; n++)
    at = resolve(dirname(at), readlinkSync(at))
  return at
}

/**
 * Copies a file or a folder to a new name, with modes, owners, times and links, through the same held folders as
 * `copyTree`. A copy that was cut off is replaced.
 */
export async function copyEntry(from: string, to: string, signal: AbortSignal): Promise<void> {
  await removeTree(to)
  if (entryAt(from)?.isDirectory() === true) {
    await copyTree(from, to, { special: 'skip', signal })
    return
  }
  const around = `${to}.around`
  await removeTree(around)
  await mkdir(around, { mode: 0o700 })
  await copyTree(dirname(from), around, { filter: (path) => path === basename(from), signal })
  await rename(join(around, basename(from)), to)
  await removeTree(around)
}
