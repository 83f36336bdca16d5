import { dirname } from 'node:path'
import { removeTree } from '../tree/remove.ts'
import { exists } from '../tree/stat.ts'
import { filesAs } from './owner.ts'
import { git, gitText, type GitOptions, type Place } from './run.ts'
import { update } from './switch/submodules.ts'

const timeoutMs = 30 * 60_000

/** A second work tree at one commit, made from nothing: what a crash left there goes first. */
export async function addWorktree(
  place: Place,
  path: string,
  commit: string,
  submodules: boolean,
  options: GitOptions,
): Promise<void> {
  await removeWorktree(place, path, options)
  await filesAs(place, options.signal).folder(dirname(path))
  await gitText(place, ['worktree', 'add', '--quiet', '--detach', '--', path, commit], { ...options, timeoutMs })
  if (submodules) await update({ ...place, dir: path }, options)
}

export async function removeWorktree(place: Place, path: string, options: GitOptions): Promise<void> {
  // One that holds submodules, or is half made, is not removed by git itself.
  await removeTree(path)
  if (!(await exists(place.dir))) return
  await git(place, ['worktree', 'prune'], options)
}
