import { closeSync, fstatSync, lstatSync, readFileSync, renameSync } from 'node:fs'
import { linkFileEntry, type Owner } from '../tree/copy-entry.ts'
import { copyTree } from '../tree/copy.ts'
import type { HeldFolder } from '../tree/held-folder.ts'
import { removeFolderIn } from '../tree/remove.ts'
import { syncFilesystems } from '../tree/sync.ts'
import { Turns } from '../tree/turns.ts'
import { changed, savedMissing } from './failures.ts'
import type { Folders } from './folders.ts'
import {
  askTheHelper,
  makeDirectory,
  openSaved,
  overwrite,
  remove,
  removeTemps,
  settleInPlace,
  unnamedFolder,
  type Work,
} from './work.ts'
import { foldersAbove, nameOf, parentOf } from './paths.ts'
import type { SavedChange, SavedFolder, SavedList } from './saved.ts'
import type { FileState } from './set.ts'
import { type Found, sameContent, sameState } from './state.ts'
import type { Transaction } from './transaction.ts'
import { Tree } from './tree.ts'
import { makeFile, makeFolder, makeLink, putInPlace, removeEntry, setFileMode, setFolderMode } from './write.ts'

/** From whatever a crash left to all old. Gives the paths whose content was put aside. */
export async function takeBack(
  transaction: Transaction,
  list: SavedList,
  saved: SavedFolder,
): Promise<readonly string[]> {
  using tree = new Tree(transaction.root)
  const work: Work = { transaction, tree, saved, turns: new Turns(null) }
  await settleInPlace(work, list, 'before')
  await removeTemps(work, list)
  const { open, aside } = await lookOver(work, list)
  for (const { change, found } of open.toReversed()) await makeRoom(work, change, found)
  tree.folders.forget()
  for (const { change } of open) await bringFolder(work, change)
  tree.folders.forget()
  for (const { change } of open) await bringBack(work, list, change)
  await syncFilesystems(tree.filesystems(list.changes.map(({ path }) => parentOf(path))))
  return aside
}

interface Open {
  readonly change: SavedChange
  readonly found: Found | null
}

/** What is not as it was; what somebody else put there meanwhile is kept for them first. */
async function lookOver(work: Work, { changes }: SavedList): Promise<{ open: readonly Open[]; aside: string[] }> {
  const { tree, saved, turns } = work
  using files = saved.files()
  const open: Open[] = []
  const aside: string[] = []
  for (const change of changes) {
    await turns.next()
    const found = tree.look(change.path)
    const now = found?.state ?? null
    if (sameState(now, change.from) || isUntouched(files, change.path, found)) continue
    open.push({ change, found })
    if (now === null || sameContent(now, change.from) || sameContent(now, change.to)) continue
    await keepAside(work, change, now)
    aside.push(change.path)
  }
  return { open, aside }
}

/** The very file that was kept: nothing was done to it yet, whatever somebody else wrote into it. */
function isUntouched(files: Folders, path: string, found: Found | null): boolean {
  const folder = found?.state.kind === 'file' ? files.at(parentOf(path)) : null
  const kept = folder === null ? undefined : lstatSync(folder.at(nameOf(path)), { throwIfNoEntry: false })
  return kept !== undefined && kept.ino === found?.stat.ino && kept.dev === found.stat.dev
}

async function keepAside({ tree, saved, turns }: Work, { path, rung }: SavedChange, now: Found['state']) {
  using asides = saved.aside()
  const into = asides.made(parentOf(path))
  const folder = tree.folders.at(parentOf(path))
  const name = nameOf(path)
  if (folder === null || now.kind === 'dir') return
  removeEntry(into, name)
  if (now.kind === 'link') return makeLink(into, name, now.target, null)
  if (rung === 'normal' && linkFileEntry(folder, name, into, name)) return
  const content = folder.file(name)
  try {
    await makeFile(into, name, { content, sha256: now.sha256, mode: now.mode, owner: null }, turns)
  } finally {
    closeSync(content)
  }
}

/** What was not there goes, and what is of another kind makes room. A folder that somebody uses meanwhile stays. */
async function makeRoom(work: Work, change: SavedChange, found: Found | null): Promise<void> {
  const { path, from, rung } = change
  if (found === null) return
  const now = found.state
  if (from !== null && (from.kind === 'dir') === (now.kind === 'dir')) return
  await remove(work, path, now, rung)
  if (from !== null && now.kind === 'dir') await moveAside(work, path)
}

/** A folder took a file's place, and somebody put things into it: it goes aside as it is. */
async function moveAside({ tree, saved }: Work, path: string): Promise<void> {
  tree.folders.forget()
  const parent = tree.folders.at(parentOf(path))
  if (parent === null || lstatSync(parent.at(nameOf(path)), { throwIfNoEntry: false }) === undefined) return
  using asides = saved.aside()
  const into = asides.made(parentOf(path))
  try {
    renameSync(parent.at(nameOf(path)), into.at(nameOf(path)))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    await copyTree(parent.at(nameOf(path)), into.at(nameOf(path)), { signal: new AbortController().signal })
    await removeFolderIn(parent, nameOf(path))
  }
}

async function bringFolder(work: Work, { path, from, to, owner, rung }: SavedChange): Promise<void> {
  if (from === null) return
  for (const folder of foldersAbove(path)) needFolder(work, folder)
  if (from.kind !== 'dir') return
  const { tree, transaction } = work
  const now = tree.look(path)?.state
  if (now === undefined) return makeDirectory(work, path, from.mode, rung, owner)
  if (now.kind !== 'dir' || to?.kind !== 'dir' || now.mode === from.mode) return
  const parent = tree.folders.at(parentOf(path))
  if (rung === 'helper') return askTheHelper(transaction, 'chmod', path, from.mode)
  if (parent !== null) setFolderMode(parent, nameOf(path), from.mode)
}

/** Somebody removed more than the transaction did. */
function needFolder({ tree, transaction }: Work, path: string): void {
  if (tree.folders.at(path) !== null) return
  const parent = tree.folders.at(parentOf(path))
  if (parent === null) return
  makeFolder(parent, nameOf(path), { mode: 0o755, owner: transaction.owner, temporary: unnamedFolder(transaction) })
}

async function bringBack(work: Work, list: SavedList, change: SavedChange): Promise<void> {
  const { path, from, rung } = change
  const { transaction, saved } = work
  if (from === null || from.kind === 'dir') return
  if (rung === 'normal') return bringBackByRename(work, change, list.changes.indexOf(change))
  if (from.kind === 'link') return
  const content = openSaved(saved, path)
  try {
    if (rung === 'helper') await askTheHelper(transaction, 'put', path, from.mode, content)
    else await overwrite(work, change, list.changes.indexOf(change), readFileSync(content), from.mode)
  } finally {
    closeSync(content)
  }
}

/** The kept file itself where it has the same file system: with everything that belongs to it, and without a byte of room. */
async function bringBackByRename(work: Work, { path, from, owner }: SavedChange, index: number): Promise<void> {
  const { tree, transaction } = work
  const folder = tree.folders.at(parentOf(path))
  if (folder === null || from === null || from.kind === 'dir') throw changed(transaction.root, [path])
  const temporary = `.belay~${transaction.run}~${index}`
  const name = nameOf(path)
  removeEntry(folder, temporary)
  if (from.kind === 'link') makeLink(folder, temporary, from.target, owner)
  else await bringFile(work, path, { folder, temporary, from, owner })
  putInPlace(folder, temporary, folder, name)
  // A rename onto the same file does nothing, and leaves both names.
  removeEntry(folder, temporary)
  const now = lstatSync(folder.at(name)).mode & 0o7777
  // Setuid came with the file or not at all: by its name it is given to nothing.
  if (from.kind === 'file' && now !== from.mode) setFileMode(folder, name, (now & 0o7000) | (from.mode & 0o777))
}

interface Bring {
  readonly folder: HeldFolder
  readonly temporary: string
  readonly from: FileState & { readonly kind: 'file' }
  readonly owner: Owner | null
}

async function bringFile({ saved, turns }: Work, path: string, { folder, temporary, from, owner }: Bring) {
  using files = saved.files()
  const kept = files.at(parentOf(path))
  if (kept === null) throw savedMissing(saved.path, path)
  const content = openSaved(saved, path)
  try {
    if (linkFileEntry(kept, nameOf(path), folder, temporary)) return
    await makeFile(folder, temporary, { content, ...from, owner, times: fstatSync(content) }, turns)
  } finally {
    closeSync(content)
  }
}
