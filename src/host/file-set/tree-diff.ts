import { closeSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { BelayError } from '../../core/model/problem.ts'
import { matchKept } from '../tree/companions.ts'
import { matchGlobs } from '../tree/globs.ts'
import { HeldFolder } from '../tree/held-folder.ts'
import { syncFilesystems } from '../tree/sync.ts'
import { Turns } from '../tree/turns.ts'
import { walk } from '../tree/walk.ts'
import { ladderFor, ladderRefusal } from './ladder.ts'
import { type FileChange, type FileState, writeFileSet } from './set.ts'
import { lookIn, sameContent, sameState } from './state.ts'
import { Tree } from './tree.ts'
import { linkFileEntry } from '../tree/copy-entry.ts'
import { makeFile } from './write.ts'

export interface Diff {
  /** The whole new tree. It is only read; contents of the set may be further names of its files. */
  readonly from: string
  readonly root: string
  readonly set: string
  readonly protect: readonly string[]
  readonly keep: readonly string[]
  readonly helper: boolean
  readonly optional: readonly string[]
}

/** What the set does. */
export interface Difference {
  readonly added: number
  readonly changed: number
  readonly removed: number
}

/**
 * Makes the file set that turns `root` into `from`. What only `root` has goes, apart from folders: no folder that is
 * there is ever removed, unless a file takes its place. Folders that both have keep their modes.
 * E_PERMISSION: nothing may write one of the paths.
 */
export async function makeDiff(
  { from, root, set, protect, keep, helper, optional }: Diff,
  signal: AbortSignal,
): Promise<Difference> {
  const untouched = matchGlobs(protect)
  const stays = matchKept(keep)
  const old = await statesIn(root, (path) => untouched(path) || stays(path), signal)
  mkdirSync(join(set, 'new'), { recursive: true, mode: 0o700 })
  const changes: FileChange[] = []
  using contents = HeldFolder.open(join(set, 'new'))
  using tree = new Tree(root)
  const turns = new Turns(signal)
  const wanted = new Set<string>()
  for await (const { path, parent, name } of walk(from, { exclude: untouched, signal })) {
    const to = lookIn(parent, name)?.state ?? null
    if (to === null) continue
    wanted.add(path)
    const was = stays(path) ? (tree.look(path)?.state ?? null) : (old.get(path) ?? null)
    if (stays(path) && was !== null) continue
    if (was?.kind === 'dir' && to.kind === 'dir') continue
    if (sameState(was, to)) continue
    changes.push({ path, from: was, to })
    if (to.kind === 'file' && !sameContent(was, to)) await takeContent(parent, name, contents, to, turns)
  }
  for (const [path, state] of old)
    if (!wanted.has(path) && state.kind !== 'dir') changes.push({ path, from: state, to: null })
  const refused = ladderRefusal(root, ladderFor(root, changes, { helper, optional }))
  if (refused !== null) throw new BelayError(refused)
  await syncFilesystems([set])
  await writeFileSet(set, { v: 1, root, changes })
  return countsOf(changes)
}

/** Sockets and their like belong to the process that made them. */
async function statesIn(
  root: string,
  exclude: (path: string) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FileState>> {
  const states = new Map<string, FileState>()
  for await (const { path, kind, parent, name } of walk(root, { exclude, signal })) {
    const state = kind === 'special' ? null : (lookIn(parent, name)?.state ?? null)
    if (state !== null) states.set(path, state)
  }
  return states
}

async function takeContent(
  parent: HeldFolder,
  name: string,
  into: HeldFolder,
  { sha256 }: FileState & { readonly kind: 'file' },
  turns: Turns,
): Promise<void> {
  if (lookIn(into, sha256) !== null || linkFileEntry(parent, name, into, sha256)) return
  const content = parent.file(name)
  try {
    await makeFile(into, sha256, { content, sha256, mode: 0o600, owner: null }, turns)
  } finally {
    closeSync(content)
  }
}

function countsOf(changes: readonly FileChange[]): Difference {
  const leaves = changes.filter(({ from, to }) => (to ?? from)?.kind !== 'dir')
  return {
    added: leaves.filter(({ from }) => from === null || from.kind === 'dir').length,
    changed: leaves.filter(({ from, to }) => from !== null && from.kind !== 'dir' && to !== null).length,
    removed: leaves.filter(({ to }) => to === null).length,
  }
}
