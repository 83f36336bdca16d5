import { createHash } from 'node:crypto'
import { closeSync, fstatSync, lstatSync, readlinkSync, readSync, type Stats } from 'node:fs'
import { dirname, basename } from 'node:path'
import { changedMeanwhile, specialFile } from '../tree/failures.ts'
import { HeldFolder, named } from '../tree/held-folder.ts'
import { kindOf } from '../tree/walk.ts'
import { isNothing } from './paths.ts'
import type { FileState } from './set.ts'

export const chunkBytes = 256 * 1024

/** What is at a path now, contents hashed; a link is not followed. null: nothing. E_PATH_INVALID: a device and the like. */
export function stateOf(path: string): FileState | null {
  let folder: HeldFolder
  try {
    folder = HeldFolder.open(dirname(path))
  } catch (error) {
    if (isNothing(error)) return null
    throw error
  }
  using held = folder
  return lookIn(held, basename(path))?.state ?? null
}

/** What was found, and the entry itself. */
export interface Found {
  readonly state: FileState
  readonly stat: Stats
}

export function lookIn(folder: HeldFolder, name: string): Found | null {
  const path = `${folder.path}/${name}`
  return named(path, () => {
    const stat = lstatSync(folder.at(name), { throwIfNoEntry: false })
    if (stat === undefined) return null
    switch (kindOf(stat)) {
      case 'folder':
        return { state: { kind: 'dir', mode: stat.mode & 0o7777 }, stat }
      case 'link':
        return { state: { kind: 'link', target: readlinkSync(folder.at(name)) }, stat }
      case 'file':
        return hashed(folder, name, path)
      case 'special':
        throw specialFile(path)
    }
  })
}

function hashed(folder: HeldFolder, name: string, path: string): Found {
  const fd = folder.file(name)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw changedMeanwhile(path)
    const sum = createHash('sha256')
    const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, stat.size + 1)))
    let bytes = 0
    for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) {
      sum.update(chunk.subarray(0, got))
      bytes += got
    }
    return { state: { kind: 'file', sha256: sum.digest('hex'), bytes, mode: stat.mode & 0o7777 }, stat }
  } finally {
    closeSync(fd)
  }
}

/** The same thing is there: kind, content or target. Modes aside. */
export function sameContent(a: FileState | null, b: FileState | null): boolean {
  if (a === null || b === null) return a === b
  if (a.kind === 'file' && b.kind === 'file') return a.sha256 === b.sha256
  if (a.kind === 'link' && b.kind === 'link') return a.target === b.target
  return a.kind === b.kind
}

export function sameState(a: FileState | null, b: FileState | null): boolean {
  return sameContent(a, b) && (a === null || b === null || modeOf(a) === modeOf(b))
}

export function modeOf(state: FileState): number | null {
  return state.kind === 'link' ? null : state.mode
}
