import { isNothing } from './paths.ts'
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import type { Owner } from '../tree/copy-entry.ts'
import { changedMeanwhile } from '../tree/failures.ts'
import { type HeldFolder, named } from '../tree/held-folder.ts'
import type { Turns } from '../tree/turns.ts'
import { chunkBytes } from './state.ts'

/** What a transaction does to names in a held folder. No call here follows a link. */

// Windows lacks some of these, which the types do not say.
const flags: Partial<typeof constants> = constants
const { O_CREAT = 0, O_EXCL = 0, O_NOFOLLOW = 0, O_WRONLY = 0 } = flags

export interface NewFile {
  /** An open file; closed by whoever opened it. */
  readonly content: number
  readonly sha256: string
  readonly mode: number
  readonly owner: Owner | null
  readonly times?: { readonly atimeMs: number; readonly mtimeMs: number }
}

/** A file of its own under a name that nobody else uses. E_IO: the content is not what it should be. */
export async function makeFile(folder: HeldFolder, name: string, file: NewFile, turns: Turns): Promise<void> {
  const path = `${folder.path}/${name}`
  named(path, () => rmSync(folder.at(name), { force: true }))
  const fd = named(path, () => openSync(folder.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600))
  try {
    if ((await copyContent(file.content, fd, path, turns)) !== file.sha256) throw changedMeanwhile(path)
    named(path, () => {
      if (file.owner !== null) giveTo(file.owner, (uid, gid) => fchownSync(fd, uid, gid))
      // Last: a change of owner takes setuid and its like away.
      fchmodSync(fd, file.mode)
      if (file.times !== undefined) futimesSync(fd, file.times.atimeMs / 1000, file.times.mtimeMs / 1000)
    })
  } finally {
    closeSync(fd)
  }
}

async function copyContent(from: number, to: number, path: string, turns: Turns): Promise<string> {
  const sum = createHash('sha256')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for (let at = 0; ; ) {
    await turns.next()
    const got = readSync(from, chunk, 0, chunk.length, at)
    if (got === 0) return sum.digest('hex')
    const bytes = chunk.subarray(0, got)
    sum.update(bytes)
    for (let done = 0; done < got; ) done += named(path, () => writeSync(to, bytes, done, got - done))
    at += got
  }
}

/** Only root gives files away; everybody else keeps at least the group where they are in it. */
function giveTo(owner: Owner, chown: (uid: number, gid: number) => void): void {
  if (process.getuid?.() === 0) return chown(owner.uid, owner.gid)
  try {
    chown(-1, owner.gid)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error
  }
}

export function makeLink(folder: HeldFolder, name: string, target: string, owner: Owner | null): void {
  named(`${folder.path}/${name}`, () => {
    rmSync(folder.at(name), { force: true })
    symlinkSync(target, folder.at(name))
    if (owner !== null) giveTo(owner, (uid, gid) => lchownSync(folder.at(name), uid, gid))
  })
}

export interface NewFolder {
  readonly mode: number
  readonly owner: Owner | null
  /** Its name in the same folder until it is whole: who finds a folder after a crash leaves it as it is. */
  readonly temporary: string
}

/** What is there already stays as it is. A group that the parent passes on (setgid) is kept. */
export function makeFolder(parent: HeldFolder, name: string, folder: NewFolder): void {
  removeLeftover(parent, folder.temporary)
  named(`${parent.path}/${name}`, () => {
    if (lstatSync(parent.at(name), { throwIfNoEntry: false }) !== undefined) return
    mkdirSync(parent.at(folder.temporary), { mode: 0o700 })
    openUp(parent, folder)
    try {
      renameSync(parent.at(folder.temporary), parent.at(name))
    } catch (error) {
      // Somebody made one meanwhile, and uses it.
      if (!isNotEmpty(error)) throw error
      rmdirSync(parent.at(folder.temporary))
    }
  })
}

function openUp(parent: HeldFolder, { temporary, mode, owner }: NewFolder): void {
  using made = parent.folder(temporary)
  const inherited = made.stat().mode & 0o2000
  if (owner !== null) giveTo(owner, (uid, gid) => fchownSync(made.fd, uid, gid))
  // Last: a change of owner takes setgid away.
  fchmodSync(made.fd, mode | inherited)
}

/** A folder that a crash left before it had its name. */
export function removeLeftover(parent: HeldFolder, temporary: string): void {
  // Looked for first: where nothing may be removed, asking to is an error even if nothing is there.
  const found = lstatSync(parent.at(temporary), { throwIfNoEntry: false })
  if (found?.isDirectory() === true) removeFolderIfEmpty(parent, temporary)
}

export function setFolderMode(parent: HeldFolder, name: string, mode: number): void {
  named(`${parent.path}/${name}`, () => {
    using folder = parent.folder(name)
    fchmodSync(folder.fd, mode)
  })
}

export function setFileMode(folder: HeldFolder, name: string, mode: number): void {
  const fd = folder.file(name)
  try {
    named(`${folder.path}/${name}`, () => fchmodSync(fd, mode))
  } finally {
    closeSync(fd)
  }
}

/** Takes the place of whatever file or link is there. */
export function putInPlace(from: HeldFolder, temporary: string, into: HeldFolder, name: string): void {
  named(`${into.path}/${name}`, () => renameSync(from.at(temporary), into.at(name)))
}

export function removeEntry(folder: HeldFolder, name: string): void {
  try {
    named(`${folder.path}/${name}`, () => unlinkSync(folder.at(name)))
  } catch (error) {
    if (!isNothing(error)) throw error
  }
}

/** false: something is left in it, or it is mounted. */
export function removeFolderIfEmpty(parent: HeldFolder, name: string): boolean {
  try {
    named(`${parent.path}/${name}`, () => rmdirSync(parent.at(name)))
    return true
  } catch (error) {
    if (isNothing(error)) return true
    if (isNotEmpty(error) || (error instanceof Error && 'code' in error && error.code === 'EBUSY')) return false
    throw error
  }
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
}
