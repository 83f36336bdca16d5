import { closeSync, readFileSync } from 'node:fs'
import { finishInPlace, writeInPlace } from '../tree/in-place.ts'
import type { Turns } from '../tree/turns.ts'
import { changed, savedMissing } from './failures.ts'
import { askHelper } from './helper.ts'
import { foldersAbove, nameOf, parentOf } from './paths.ts'
import type { SavedChange, SavedFolder, SavedList } from './saved.ts'
import type { FileState } from './set.ts'
import type { Transaction } from './transaction.ts'
import type { Tree } from './tree.ts'
import { makeFolder, removeEntry, removeFolderIfEmpty, removeLeftover, setFileMode } from './write.ts'

/** What both directions work with. */
export interface Work {
  readonly transaction: Transaction
  readonly tree: Tree
  readonly saved: SavedFolder
  readonly turns: Turns
}

/** Files that a crash left half written through their inode are one of the two again. */
export async function settleInPlace(
  { tree, saved }: Work,
  { changes }: SavedList,
  towards: 'before' | 'after',
): Promise<void> {
  for (const [i, change] of changes.entries()) {
    if (change.rung !== 'inode') continue
    const folder = tree.folders.at(parentOf(change.path))
    if (folder !== null) await finishInPlace(folder.at(nameOf(change.path)), saved.inPlaceRecord(i), towards)
  }
}

/** What a crash left under names that nobody else uses: contents that wait, and a folder that was being made. */
export async function removeTemps({ tree, transaction, turns }: Work, { changes }: SavedList): Promise<void> {
  for (const { temp } of changes) {
    await turns.next()
    const folder = temp === null ? null : tree.folders.at(parentOf(temp))
    if (temp !== null && folder !== null) removeEntry(folder, nameOf(temp))
  }
  for (const path of new Set(changes.flatMap((change) => ['', ...foldersAbove(change.path)]))) {
    await turns.next()
    const folder = tree.folders.at(path)
    if (folder !== null) removeLeftover(folder, unnamedFolder(transaction))
  }
}

/** Folders are made one at a time. */
export function unnamedFolder({ run }: Transaction): string {
  return `.belay~${run}~folder`
}

export function openSaved(saved: SavedFolder, path: string): number {
  using files = saved.files()
  const folder = files.at(parentOf(path))
  if (folder === null) throw savedMissing(saved.path, path)
  try {
    return folder.file(nameOf(path))
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? savedMissing(saved.path, path) : error
  }
}

export async function overwrite(
  { tree, saved, transaction }: Work,
  { path }: SavedChange,
  index: number,
  content: Buffer,
  mode: number,
): Promise<void> {
  const folder = tree.folders.at(parentOf(path))
  const name = nameOf(path)
  if (folder === null) throw changed(transaction.root, [path])
  const fd = folder.file(name)
  let before: Buffer
  try {
    before = readFileSync(fd)
  } finally {
    closeSync(fd)
  }
  if (!before.equals(content)) await writeInPlace(folder.at(name), saved.inPlaceRecord(index), before, content)
  const now = tree.look(path)?.state
  if (now?.kind === 'file' && now.mode !== mode) setFileMode(folder, name, mode)
}

export async function remove(
  { tree, transaction }: Work,
  path: string,
  now: FileState,
  rung: SavedChange['rung'],
): Promise<void> {
  if (now.kind === 'dir') {
    const inside = tree.folders.at(path)?.names().length ?? 0
    if (inside > 0) return
    tree.folders.forget()
  }
  const parent = tree.folders.at(parentOf(path))
  if (parent === null) return
  if (rung === 'helper') return askTheHelper(transaction, 'remove', path)
  if (now.kind === 'dir') removeFolderIfEmpty(parent, nameOf(path))
  else removeEntry(parent, nameOf(path))
}

export async function makeDirectory(
  { tree, transaction }: Work,
  path: string,
  mode: number,
  rung: SavedChange['rung'],
  owner: Transaction['owner'],
): Promise<void> {
  const parent = tree.folders.at(parentOf(path))
  if (parent === null) throw changed(transaction.root, [parentOf(path)])
  if (rung === 'helper') return askTheHelper(transaction, 'mkdir', path, mode)
  makeFolder(parent, nameOf(path), { mode, owner, temporary: unnamedFolder(transaction) })
}

export async function askTheHelper(
  { helper, root }: Transaction,
  verb: 'put' | 'remove' | 'mkdir' | 'chmod',
  path: string,
  mode?: number,
  content?: number,
): Promise<void> {
  if (helper === null) throw changed(root, [path])
  await askHelper(helper, root, verb, path, {
    ...(mode === undefined ? {} : { mode }),
    ...(content === undefined ? {} : { content }),
  })
}
