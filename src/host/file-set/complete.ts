import { lstatSync, readdirSync } from 'node:fs'
import { fail } from '../../core/model/problem.ts'
import { byCodeUnits, kindOf } from '../tree/walk.ts'
import { inTheWay, notEmpty } from './failures.ts'
import { foldersAbove, inFolder, nameOf, parentOf } from './paths.ts'
import type { FileChange } from './set.ts'
import type { Tree } from './tree.ts'

const newFolder = { kind: 'dir', mode: 0o755 } as const

/**
 * The changes of a set with what goes without saying, in the order of their paths: folders that are made for what is
 * new, folders that become files, files that become folders. Listings of files, such as git's, name no folders.
 * E_PATH_INVALID: something that the set does not name is where a folder has to be, or two of its paths cannot both be.
 * E_FILE_CHANGED: a folder becomes a file, and something in it is nobody's.
 */
export function complete(tree: Tree, changes: readonly FileChange[]): readonly FileChange[] {
  refuseOneFolderTwice(tree, changes)
  const all = new Map(changes.map((change) => [change.path, change]))
  for (const { path, to } of changes)
    if (to !== null) for (const folder of foldersAbove(path)) needFolder(tree, all, folder)
  for (const change of changes) if (change.to !== null && change.to.kind !== 'dir') emptyFolder(tree, all, change)
  return [...all.values()].toSorted((a, b) => byCodeUnits(a.path, b.path))
}

/** Where case is not told apart, what goes from `Lib` and what comes into `lib` would meet in one folder. */
function refuseOneFolderTwice(tree: Tree, changes: readonly FileChange[]): void {
  const folders = new Set(changes.flatMap(({ path }) => foldersAbove(path)))
  const alike = Map.groupBy(folders, (path) => path.normalize('NFC').toLowerCase())
  for (const [first = '', ...others] of alike.values()) {
    for (const other of others) {
      const [one, two] = [tree.folders.at(first)?.stat(), tree.folders.at(other)?.stat()]
      if (one === undefined || two === undefined || one.ino !== two.ino || one.dev !== two.dev) continue
      throw fail('E_PATH_INVALID', `${first} and ${other} are one folder on this disk.`, {
        hint: 'This file system does not tell upper from lower case: install on one that does.',
        facts: { paths: [first, other] },
      })
    }
  }
}

function needFolder(tree: Tree, all: Map<string, FileChange>, path: string): void {
  const change = all.get(path)
  if (change === undefined) {
    const there = kindAt(tree, path)
    if (there === null) all.set(path, { path, from: null, to: newFolder })
    else if (there !== 'folder') throw inTheWay(tree.folders.root.path, path, there === 'link' ? 'a link' : 'a file')
    return
  }
  if (change.to?.kind === 'dir') return
  if (change.to !== null) {
    throw fail('E_PATH_INVALID', `${path} cannot be a file and a folder at once.`, { facts: { path } })
  }
  // A folder that was to go is needed after all; a file makes room for one.
  if (change.from?.kind === 'dir') all.delete(path)
  else all.set(path, { ...change, to: newFolder })
}

/** Where a file or a link comes, and a folder is: all that is in it must go by this set. */
function emptyFolder(tree: Tree, all: Map<string, FileChange>, change: FileChange): void {
  const { path } = change
  if (change.from !== null && change.from.kind !== 'dir') return
  const found = kindAt(tree, path) === 'folder' ? tree.look(path) : null
  if (found === null) return
  all.set(path, { ...change, from: found.state })
  const left: string[] = []
  for (const folder of [path, ...foldersIn(tree, path)]) {
    if (folder !== path) all.set(folder, { path: folder, from: { kind: 'dir', mode: 0o755 }, to: null })
    left.push(...leavesIn(tree, folder).filter((inside) => all.get(inside)?.to !== null))
  }
  if (left.length > 0) throw notEmpty(tree.folders.root.path, path, left)
}

function foldersIn(tree: Tree, path: string): readonly string[] {
  const inside = entriesIn(tree, path).filter((entry) => entry.isFolder)
  return inside.flatMap((entry) => [entry.path, ...foldersIn(tree, entry.path)])
}

function leavesIn(tree: Tree, path: string): readonly string[] {
  return entriesIn(tree, path).flatMap((entry) => (entry.isFolder ? [] : [entry.path]))
}

function entriesIn(tree: Tree, path: string): readonly { readonly path: string; readonly isFolder: boolean }[] {
  const folder = tree.folders.at(path)
  if (folder === null) return []
  const entries = readdirSync(folder.at('.'), { withFileTypes: true })
  return entries.map((entry) => ({ path: inFolder(path, entry.name), isFolder: entry.isDirectory() }))
}

function kindAt(tree: Tree, path: string): ReturnType<typeof kindOf> | null {
  const folder = tree.folders.at(parentOf(path))
  const stat = folder === null ? undefined : lstatSync(folder.at(nameOf(path)), { throwIfNoEntry: false })
  return stat === undefined ? null : kindOf(stat)
}
