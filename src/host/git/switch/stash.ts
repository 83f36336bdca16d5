import { gitLine, gitText } from '../run.ts'
import { type Worker, withIndex } from './bring.ts'

/**
 * The files as they are, as a tree: those of the index, with the local changes in `paths`, and `others` that git does not
 * know. Nothing is touched but a copy of the index `base`.
 */
export async function snapshot(
  worker: Worker,
  paths: readonly string[],
  others: readonly string[] = [],
  base: string = worker.folder.indexBefore,
): Promise<string> {
  const index = await copyOfIndex(worker, 'was', base)
  const { place, options, files } = worker
  const flags = ['--add', '--remove', '--replace', '-z', '--stdin']
  await gitText(place, ['update-index', ...flags], { ...withIndex(options, index), input: nulEnded(paths) })
  if (others.length > 0) await addTo(worker, index, others)
  const tree = (await gitText(place, ['write-tree'], withIndex(options, index))).trim()
  await files.remove(index)
  return tree
}

/** The commit that `git stash` would make of it: what was staged, what was changed, what was untracked (`others`). */
export async function stashCommit(
  worker: Worker,
  head: string,
  was: string,
  others: readonly string[],
  message: string,
  base: string = worker.folder.indexBefore,
): Promise<string> {
  const { place, files, options } = worker
  const commit = async (tree: string, parents: readonly string[], text: string): Promise<string> => {
    const args = ['commit-tree', ...parents.flatMap((parent) => ['-p', parent]), '-m', text, tree]
    return (await gitText(place, args, options)).trim()
  }
  const index = await copyOfIndex(worker, 'staged', base)
  const staged = (await gitText(place, ['write-tree'], withIndex(options, index))).trim()
  await files.remove(index)
  const parents = [head, await commit(staged, [head], `index on ${message}`)]
  if (others.length > 0) {
    parents.push(await commit(await treeOf(worker, others), [], `untracked files on ${message}`))
  }
  return commit(was, parents, `On ${message}`)
}

/** Files that git does not know, as a tree, ignored ones too. */
async function treeOf(worker: Worker, paths: readonly string[]): Promise<string> {
  const { place, folder, files, options } = worker
  const index = folder.scratch('others')
  await files.remove(index, `${index}.lock`)
  await addTo(worker, index, paths)
  const tree = (await gitText(place, ['write-tree'], withIndex(options, index))).trim()
  await files.remove(index)
  return tree
}

/** Ignored files too. */
async function addTo({ place, options }: Worker, index: string, paths: readonly string[]): Promise<void> {
  await gitText(place, ['add', '--force', '--pathspec-from-file=-', '--pathspec-file-nul'], {
    ...withIndex(options, index),
    input: nulEnded(paths),
  })
}

async function copyOfIndex({ folder, files }: Worker, name: string, base: string): Promise<string> {
  const index = folder.scratch(name)
  await files.remove(index, `${index}.lock`)
  await files.copy(base, index)
  return index
}

function nulEnded(paths: readonly string[]): string {
  return paths.map((path) => `${path}\0`).join('')
}

/** Puts it on top of `git stash list`; twice is once. */
export async function storeStash({ place, options }: Worker, commit: string, message: string): Promise<void> {
  const known = await gitLine(place, ['rev-parse', '--quiet', '--verify', 'refs/stash'], options)
  if (known !== commit) await gitText(place, ['stash', 'store', '--message', message, commit], options)
}

/** Takes it from the list again, wherever in it it is by now. */
export async function dropStash({ place, options }: Worker, commit: string): Promise<void> {
  if ((await gitLine(place, ['rev-parse', '--quiet', '--verify', 'refs/stash'], options)) === null) return
  const list = await gitText(place, ['reflog', 'show', '--format=%H', 'refs/stash', '--'], options)
  const at = list.split('\n').indexOf(commit)
  if (at >= 0) await gitText(place, ['stash', 'drop', '--quiet', `stash@{${at}}`], options)
}
