import { git, gitText, type GitOptions, type Place } from '../run.ts'
import { indexLines, type TreeChange } from '../tree.ts'
import type { FilesAs } from '../owner.ts'
import type { RunFolder } from './record.ts'

export interface Worker {
  readonly place: Place
  readonly gitDir: string
  readonly folder: RunFolder
  readonly files: FilesAs
  readonly options: GitOptions
}

const timeoutMs = 30 * 60_000

/**
 * Makes the changed paths of the work tree what `side` says, whatever of both stands there: it looks at no state, so that
 * it may be repeated, and turned round, after any interruption. Two indexes of its own, with those paths alone, are all
 * that git reads; the real one is untouched. A kill leaves their locks, which nobody else uses.
 */
export async function bring(
  { place, folder, files, options }: Worker,
  changes: readonly TreeChange[],
  side: 'from' | 'to',
): Promise<void> {
  const other = side === 'to' ? 'from' : 'to'
  const [there, wanted] = [folder.scratch('there'), folder.scratch('wanted')]
  await files.remove(there, wanted, `${there}.lock`, `${wanted}.lock`)
  const load = (index: string, of: 'from' | 'to') =>
    gitText(place, ['update-index', '-z', '--index-info'], {
      ...withIndex(options, index),
      input: indexLines(changes.map((change) => change[of])),
    })
  await load(wanted, side)
  const tree = (await gitText(place, ['write-tree'], withIndex(options, wanted))).trim()
  await load(there, other)
  await gitText(place, ['read-tree', '--reset', '-u', tree], { ...withIndex(options, there), timeoutMs })
  await files.remove(there, wanted)
}

export function withIndex(options: GitOptions, index: string): GitOptions {
  return { ...options, env: { ...options.env, GIT_INDEX_FILE: index } }
}

/** An index for a commit, with the flags and times of the one before where nothing changed, beside the real one. */
export async function indexFor(worker: Worker, commit: string, name: 'next' | 'back'): Promise<string> {
  const { place, folder, files, options } = worker
  const index = folder.scratch(name)
  await files.remove(index, `${index}.lock`)
  await files.copy(folder.indexBefore, index).catch(() => {})
  if (name === 'next') await gitText(place, ['read-tree', '--reset', commit], withIndex(options, index))
  // It says 1 where something differs, which is so where the user keeps a file.
  await git(place, ['update-index', '-q', '--refresh'], withIndex(options, index))
  return index
}
