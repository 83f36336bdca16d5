import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { syncFilesystems } from '../tree/sync.ts'
import { Turns } from '../tree/turns.ts'
import { changed, savedMissing } from './failures.ts'
import { nameOf, parentOf } from './paths.ts'
import { SavedFolder, type SavedChange, type SavedList } from './saved.ts'
import { contentPath, type FileState } from './set.ts'
import { sameContent, sameState } from './state.ts'
import type { Transaction, Watch } from './transaction.ts'
import { Tree } from './tree.ts'
import {
  askTheHelper,
  makeDirectory,
  openSaved,
  overwrite,
  remove,
  removeTemps,
  settleInPlace,
  type Work,
} from './work.ts'
import { makeFile, makeLink, putInPlace, setFolderMode } from './write.ts'

/** From whatever a crash left to all new. `fresh`: everything is still as the list says that it was. */
export async function carryOut(
  transaction: Transaction,
  list: SavedList,
  fresh: boolean,
  { signal, progress }: Watch,
): Promise<void> {
  using saved = await SavedFolder.open(transaction.saved)
  if (saved === null) throw savedMissing(transaction.saved, transaction.root)
  using tree = new Tree(transaction.root)
  const work: Work = { transaction, tree, saved, turns: new Turns(signal) }
  if (!fresh) await settleInPlace(work, list, 'after')
  const open = fresh ? list.changes : await unfinished(work, list)
  const places = tree.filesystems(open.map(({ path, temp }) => parentOf(temp ?? path)))
  await stage(work, open)
  await syncFilesystems(places)
  for (const change of open) if (change.rung === 'inode') await throughInode(work, list, change)
  for (const change of open.toReversed()) await clear(work, change)
  tree.folders.forget()
  for (const change of open) if (change.to?.kind === 'dir') await makeDir(work, change)
  tree.folders.forget()
  for (const [i, change] of open.entries()) {
    await put(work, change)
    progress(i + 1, open.length, change.path)
  }
  await syncFilesystems(tree.filesystems(open.map(({ path }) => parentOf(path))))
}

export async function isCarriedOut(transaction: Transaction, list: SavedList): Promise<boolean> {
  using tree = new Tree(transaction.root)
  using saved = await SavedFolder.open(transaction.saved)
  if (saved === null) return false
  const turns = new Turns(null)
  for (const change of list.changes) {
    await turns.next()
    if (!isDone(tree, change)) return false
  }
  return true
}

function isDone(tree: Tree, change: SavedChange): boolean {
  const { path, from, to } = change
  const now = tree.look(path)?.state ?? null
  // A folder goes if nothing is left in it.
  if (isGoing(change)) return now === null || (tree.folders.at(path)?.names().length ?? 0) > 0
  return sameState(now, to) || (now?.kind === 'dir' && to?.kind === 'dir' && from === null)
}

function isGoing({ from, to }: SavedChange): boolean {
  return from?.kind === 'dir' && to === null
}

async function unfinished(work: Work, list: SavedList): Promise<readonly SavedChange[]> {
  const { tree, transaction, turns } = work
  await removeTemps(work, list)
  const open: SavedChange[] = []
  const others: string[] = []
  for (const change of list.changes) {
    await turns.next()
    // Whether a folder is empty shows only when what goes from it is gone.
    if (isDone(tree, change) && !isGoing(change)) continue
    const now = tree.look(change.path)?.state ?? null
    // Nothing may be there for a moment, where a file becomes a folder or a folder a file.
    if (now !== null && !sameContent(now, change.from) && !sameContent(now, change.to)) others.push(change.path)
    open.push(change)
  }
  if (others.length > 0) throw changed(transaction.root, others)
  return open
}

/** Every new content, whole, where a rename can take it from: after this nothing needs room any more. */
async function stage({ transaction, tree, saved, turns }: Work, open: readonly SavedChange[]): Promise<void> {
  for (const { path, from, to, temp, owner } of open) {
    if (temp === null || to === null || to.kind === 'dir') continue
    await turns.next()
    const folder = tree.folders.at(parentOf(temp))
    if (folder === null) throw changed(transaction.root, [parentOf(temp)])
    const whose = owner ?? transaction.owner
    if (to.kind === 'link') {
      makeLink(folder, nameOf(temp), to.target, whose)
      continue
    }
    const content = openContent(transaction, saved, path, from, to)
    try {
      await makeFile(folder, nameOf(temp), { content, sha256: to.sha256, mode: to.mode, owner: whose }, turns)
    } finally {
      closeSync(content)
    }
  }
}

/** Where only the mode changes, the content is the one that was kept. */
function openContent(
  { set }: Transaction,
  saved: SavedFolder,
  path: string,
  from: FileState | null,
  to: FileState & { readonly kind: 'file' },
): number {
  if (!sameContent(from, to)) return openSync(contentPath(set, to.sha256), constants.O_RDONLY)
  return openSaved(saved, path)
}

async function throughInode(work: Work, list: SavedList, change: SavedChange): Promise<void> {
  const { path, from, to } = change
  if (to?.kind !== 'file') return
  const content = openContent(work.transaction, work.saved, path, from, to)
  try {
    await overwrite(work, change, list.changes.indexOf(change), readFileSync(content), to.mode)
  } finally {
    closeSync(content)
  }
}

/** What goes, and what is in the way of something of another kind. */
async function clear(work: Work, { path, from, to, rung }: SavedChange): Promise<void> {
  if (from === null || (to !== null && (from.kind === 'dir') === (to.kind === 'dir'))) return
  const now = work.tree.look(path)?.state ?? null
  if (now === null || (to !== null && sameContent(now, to))) return
  await remove(work, path, now, rung)
}

async function makeDir(work: Work, { path, from, to, rung }: SavedChange): Promise<void> {
  if (to?.kind !== 'dir') return
  const { tree, transaction } = work
  if (from?.kind === 'dir') {
    const parent = tree.folders.at(parentOf(path))
    if (rung === 'helper') return askTheHelper(transaction, 'chmod', path, to.mode)
    if (parent !== null) setFolderMode(parent, nameOf(path), to.mode)
    return
  }
  await makeDirectory(work, path, to.mode, rung, transaction.owner)
}

async function put({ transaction, tree, saved }: Work, { path, from, to, temp, rung }: SavedChange): Promise<void> {
  if (to === null || to.kind === 'dir' || rung === 'inode') return
  if (rung === 'helper') {
    if (to.kind !== 'file') return
    const content = openContent(transaction, saved, path, from, to)
    try {
      await askTheHelper(transaction, 'put', path, to.mode, content)
    } finally {
      closeSync(content)
    }
    return
  }
  if (temp === null) return
  moveTemp(tree, transaction, temp, path)
}

/** The rename. The temporary may wait in a folder above; two of them are held for the one call. */
function moveTemp(tree: Tree, { root }: Transaction, temp: string, path: string): void {
  using other = new Tree(root)
  const from = parentOf(temp) === parentOf(path) ? tree.folders.at(parentOf(path)) : other.folders.at(parentOf(temp))
  const into = tree.folders.at(parentOf(path))
  if (from === null || into === null) throw changed(root, [path])
  putInPlace(from, nameOf(temp), into, nameOf(path))
}
