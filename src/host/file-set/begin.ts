import { closeSync, type Stats, statSync } from 'node:fs'
import { BelayError } from '../../core/model/problem.ts'
import { linkFileEntry, type Owner } from '../tree/copy-entry.ts'
import type { HeldFolder } from '../tree/held-folder.ts'
import { syncFilesystems } from '../tree/sync.ts'
import type { Turns } from '../tree/turns.ts'
import { complete } from './complete.ts'
import { changed, contentMissing, setMissing } from './failures.ts'
import { type LadderEntry, ladderFor, ladderRefusal, type Rung } from './ladder.ts'
import { foldersAbove, inFolder, nameOf, parentOf } from './paths.ts'
import { contentOf, SavedFolder, type SavedChange, type SavedList } from './saved.ts'
import { contentPath, type FileChange, type FileState, readFileSet } from './set.ts'
import { type Found, sameContent, sameState } from './state.ts'
import type { Transaction } from './transaction.ts'
import { Tree } from './tree.ts'
import { makeFile, makeLink } from './write.ts'

/** Looks at everything, keeps what is there, and writes the list. Nothing in the tree is touched. */
export async function begin(transaction: Transaction, turns: Turns): Promise<SavedList> {
  const set = await readFileSet(transaction.set)
  if (set === null || set.root !== transaction.root) throw setMissing(transaction.set)
  using tree = new Tree(transaction.root)
  const looked = await lookAt(tree, transaction, complete(tree, set.changes), turns)
  const { ready, skipped } = climb(transaction, looked)
  for (const { change } of ready) needContent(transaction, change)
  using saved = await SavedFolder.make(transaction.saved)
  const changes = ready.map(({ change, found, rung }, i) => entryOf(tree, transaction, change, found, rung, i))
  await keep(tree, saved, ready, turns)
  if (transaction.record !== null) await saved.keepRecord(await contentOf(transaction.record.path))
  await syncFilesystems([transaction.saved])
  const list: SavedList = {
    v: 1,
    run: transaction.run,
    root: transaction.root,
    ...transaction.versions,
    changes,
    skipped,
    warnings: warningsOf(ready, skipped),
  }
  await saved.writeList(list)
  return list
}

interface Looked {
  readonly change: FileChange
  readonly found: Found | null
}

interface Ready extends Looked {
  readonly rung: Exclude<Rung, 'skip'>
}

/** What is really there is the `from` of each change; what is new already needs none. */
async function lookAt(
  tree: Tree,
  { root, edited }: Transaction,
  changes: readonly FileChange[],
  turns: Turns,
): Promise<readonly Looked[]> {
  const looked: Looked[] = []
  const others: string[] = []
  for (const { path, from, to } of changes) {
    await turns.next()
    const found = tree.look(path)
    const now = found?.state ?? null
    const wanted = withoutNewBits(to, now)
    if (sameState(now, wanted) || (now?.kind === 'dir' && wanted?.kind === 'dir' && from === null)) continue
    if (!sameContent(now, from) && !sameContent(now, wanted) && edited === 'refuse') others.push(path)
    looked.push({ change: { path, from: now, to: wanted }, found })
  }
  if (others.length > 0) throw changed(root, others)
  return looked
}

/** Setuid and its like are kept where they are, and never come with an update. */
function withoutNewBits(to: FileState | null, now: FileState | null): FileState | null {
  if (to?.kind !== 'file' && to?.kind !== 'dir') return to
  const had = now?.kind === to.kind ? now.mode & 0o7000 : 0
  return { ...to, mode: (to.mode & 0o777) | had }
}

function climb(transaction: Transaction, looked: readonly Looked[]): { ready: readonly Ready[]; skipped: string[] } {
  const { root, helper, optional } = transaction
  const ladder = ladderFor(
    root,
    looked.map(({ change }) => change),
    { helper: helper !== null, optional },
  )
  const refused = ladderRefusal(root, ladder)
  if (refused !== null) throw new BelayError(refused)
  const ready: Ready[] = []
  const skipped: string[] = []
  for (const [i, one] of looked.entries()) {
    const rung = ladder[i]?.rung
    if (rung === 'skip') skipped.push(one.change.path)
    else if (rung !== undefined && rung !== 'refused') ready.push({ ...one, change: asWritten(one, ladder[i]), rung })
  }
  return { ready, skipped }
}

/** Whoever writes through somebody else's file cannot change its mode. */
function asWritten({ change, found }: Looked, entry: LadderEntry | undefined): FileChange {
  const { from, to } = change
  const owned = process.getuid?.() === 0 || found?.stat.uid === process.getuid?.()
  if (entry?.rung !== 'inode' || owned || from?.kind !== 'file' || to?.kind !== 'file') return change
  return { ...change, to: { ...to, mode: from.mode } }
}

function needContent({ set }: Transaction, { path, from, to }: FileChange): void {
  if (to?.kind !== 'file' || sameContent(from, to)) return
  const found = statSync(contentPath(set, to.sha256), { throwIfNoEntry: false })
  if (found?.size !== to.bytes) throw contentMissing(set, path)
}

function entryOf(
  tree: Tree,
  { run }: Transaction,
  change: FileChange,
  found: Found | null,
  rung: Ready['rung'],
  index: number,
): SavedChange {
  const waits = rung === 'normal' && (change.to?.kind === 'file' || change.to?.kind === 'link')
  return {
    ...change,
    rung,
    temp: waits ? inFolder(standing(tree, change.path), `.belay~${run}~${index}`) : null,
    owner: found === null ? null : ownerOf(found.stat),
  }
}

function ownerOf({ uid, gid }: Stats): Owner {
  return { uid, gid }
}

/** The nearest folder that is there by now: what is new waits in it, whatever is made of the folders below. */
function standing(tree: Tree, path: string): string {
  return foldersAbove(path).findLast((folder) => tree.folders.at(folder) !== null) ?? ''
}

/** Old contents, under their very paths. */
async function keep(tree: Tree, saved: SavedFolder, ready: readonly Ready[], turns: Turns): Promise<void> {
  using files = saved.files()
  for (const { change, found, rung } of ready) {
    if (found === null || found.state.kind === 'dir') continue
    await turns.next()
    const from = tree.folders.at(parentOf(change.path))
    if (from === null) throw changed(tree.folders.root.path, [change.path])
    const into = files.made(parentOf(change.path))
    await keepOne(from, into, nameOf(change.path), found, rung, turns)
  }
}

async function keepOne(
  from: HeldFolder,
  into: HeldFolder,
  name: string,
  { state, stat }: Found,
  rung: Rung,
  turns: Turns,
): Promise<void> {
  const owner = ownerOf(stat)
  if (state.kind === 'dir') return
  if (state.kind === 'link') return makeLink(into, name, state.target, owner)
  // A second name keeps everything of a file and needs no room. Not where its content will be written through, nor
  // where others write it by a name of their own.
  if (rung === 'normal' && stat.nlink === 1 && linkFileEntry(from, name, into, name)) return
  const content = from.file(name)
  try {
    await makeFile(into, name, { content, sha256: state.sha256, mode: state.mode, owner, times: stat }, turns)
  } finally {
    closeSync(content)
  }
}

function warningsOf(ready: readonly Ready[], skipped: readonly string[]): string[] {
  const own = process.getuid?.()
  const shared = ready.filter(
    ({ found, rung }) => rung === 'normal' && found?.state.kind === 'file' && found.stat.nlink > 1,
  )
  const foreign =
    own === 0
      ? []
      : ready.filter(
          ({ found, rung, change }) =>
            rung === 'normal' && change.to !== null && found !== null && found.stat.uid !== own,
        )
  return [
    ...skipped.map((path) => `${path} is left as it is: nothing may write it, and it is optional`),
    ...shared.map(({ change }) => `${change.path} had other names (hard links): those keep the old content`),
    ...foreign.map(({ change }) => `${change.path} belonged to somebody else: only root can keep its owner`),
  ]
}
