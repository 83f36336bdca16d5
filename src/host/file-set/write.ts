import { isNothing } from './paths.ts'
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
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

/** One that is there already stays as it is. A group that the parent passes on (setgid) is kept. */
export function makeFolder(parent: HeldFolder, name: string, mode: number, owner: Owner | null): void {
  named(`${parent.path}/${name}`, () => {
    // With its mode from the start: who finds it after a crash leaves it as it is.
    const mask = process.umask(0)
    try {
      mkdirSync(parent.at(name), { mode })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
      throw error
    } finally {
      process.umask(mask)
    }
    using made = parent.folder(name)
    const inherited = made.stat().mode & 0o2000
    if (owner !== null) giveTo(owner, (uid, gid) => fchownSync(made.fd, uid, gid))
    fchmodSync(made.fd, mode | inherited)
  })
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
    if (error instanceof Error && 'code' in error && ['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(String(error.code)))
      return false
    throw error
  }
}
