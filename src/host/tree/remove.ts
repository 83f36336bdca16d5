import { chmodSync, fchmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { mountedInside, notRemovable } from './failures.ts'
import { HeldFolder, named } from './held-folder.ts'
import { mountBelow } from './mounts.ts'
import { Turns } from './turns.ts'

/**
 * Removes a file, a link or a whole folder; nothing there is fine. Never follows a link, opens folders that are
 * read-only, and stops at anything mounted inside.
 * Errors: E_PATH_INVALID (the root, a home, a path of one segment), E_TARGET_MOUNT, system errors.
 */
export async function removeTree(path: string): Promise<void> {
  const full = resolve(path)
  if (full.split(sep).filter(Boolean).length < 2 || full === resolve(homedir())) throw notRemovable(full)
  const stat = lstatSync(full, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isDirectory()) return unlinkSync(full)
  const mount = mountBelow(full)
  if (mount !== null) throw mountedInside(full, mount)
  {
    using folder = opened(full, () => HeldFolder.open(full))
    await empty(folder, new Turns(null))
  }
  rmdirSync(full)
}

/** Removes the folder `name` of a held one, with everything in it. */
export async function removeFolderIn(parent: HeldFolder, name: string): Promise<void> {
  {
    using folder = opened(parent.at(name), () => parent.folder(name))
    await empty(folder, new Turns(null))
  }
  named(join(parent.path, name), () => rmdirSync(parent.at(name)))
}

async function empty(folder: HeldFolder, turns: Turns): Promise<void> {
  // A folder that is read-only, even to its owner: opened for the moment that it still has.
  if ((folder.stat().mode & 0o700) !== 0o700) named(folder.path, () => fchmodSync(folder.fd, 0o700))
  for (const { name, isFolder } of entries(folder)) {
    await turns.next()
    const place = folder.bytesAt(name)
    if (isFolder) {
      using inner = opened(place, () => folder.folder(name))
      await empty(inner, turns)
    }
    named(join(folder.path, name.toString()), () => (isFolder ? rmdirSync(place) : unlinkSync(place)))
  }
}

/** Names are bytes here: one that is no UTF-8 must go as well. */
function entries(folder: HeldFolder): readonly { readonly name: Buffer; readonly isFolder: boolean }[] {
  const found = named(folder.path, () => readdirSync(folder.at('.'), { withFileTypes: true, encoding: 'buffer' }))
  return found.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
}

/** Without being root, a folder that may not even be listed must be opened up before it can be held. */
function opened(place: string | Buffer, open: () => HeldFolder): HeldFolder {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error
    chmodSync(place, 0o700)
    return open()
  }
}
