import { readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'

/** A program that stands in one of several versions, of which `current` is one. */
export interface Slot {
  /** The folder of the version. */
  readonly tree: string
  /** The program in it. */
  readonly rest: string
  /** The link. */
  readonly current: string
  /** The same program, of whichever version is current. */
  readonly stable: string
}

/** Null: that program stands alone. The file is there. */
export function slotOf(file: string): Slot | null {
  const program = realpathSync(file)
  for (let tree = dirname(program); tree !== dirname(tree); tree = dirname(tree)) {
    const releases = dirname(tree)
    const current = join(dirname(releases), 'current')
    if (basename(releases) !== 'releases' || !isSwitched(current)) continue
    const rest = relative(tree, program)
    return { tree, rest, current, stable: join(current, rest) }
  }
  return null
}

function isSwitched(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('releases/')
  } catch {
    return false
  }
}

/** By the names that the kernel knows them by. A folder that is not there holds nothing. */
export function holds(folder: string, file: string): boolean {
  try {
    return realpathSync(file).startsWith(`${realpathSync(folder)}${sep}`)
  } catch {
    return false
  }
}

/** Where a program of one version is in another; one that is in no version stays. */
export function inTree(file: string, tree: string, other: string): string {
  return file.startsWith(`${tree}${sep}`) ? join(other, relative(tree, file)) : file
}
