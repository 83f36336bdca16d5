import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  linkSync,
  lchownSync,
  lutimesSync,
  readlinkSync,
  type Stats,
  symlinkSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { changedMeanwhile } from './failures.ts'
import { type HeldFolder, named, pathOfOpenFile, renamed } from './held-folder.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Beyond this a copy goes through the thread pool, so that nothing else waits for it. */
const atOnceBytesMax = 256 * 1024
const { COPYFILE_EXCL, COPYFILE_FICLONE } = constants
const specialBits = 0o7000

/** Copies the file `name` as `as` into another folder, where no such name may be. `owner` null: whoever runs this. */
export async function copyFileEntry(
  source: HeldFolder,
  name: string,
  into: HeldFolder,
  as: string,
  ownerOf: (stat: Stats) => Owner | null,
): Promise<number> {
  const path = join(source.path, name)
  const fd = named(path, () => source.file(name))
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw changedMeanwhile(path)
    const origin = pathOfOpenFile(fd, source.at(name))
    if (stat.size > atOnceBytesMax) await copyFile(origin, into.at(as), COPYFILE_EXCL | COPYFILE_FICLONE)
    else copyFileSync(origin, into.at(as), COPYFILE_EXCL | COPYFILE_FICLONE)
    finishFile(into, as, stat, ownerOf(stat))
    return stat.size
  } catch (error) {
    throw renamed(error, path)
  } finally {
    closeSync(fd)
  }
}

/** Permission bits came with the copy. No call here follows a link: its folder may belong to someone else. */
function finishFile(into: HeldFolder, as: string, stat: Stats, owner: Owner | null): void {
  if (owner !== null) lchownSync(into.at(as), owner.uid, owner.gid)
  if ((stat.mode & specialBits) !== 0) restoreSpecialBits(into, as, stat)
  lutimesSync(into.at(as), stat.atimeMs / 1000, stat.mtimeMs / 1000)
}

/** A change of owner takes setuid and its like away. */
function restoreSpecialBits(into: HeldFolder, as: string, stat: Stats): void {
  const fd = into.file(as)
  try {
    fchmodSync(fd, stat.mode & 0o7777)
  } finally {
    closeSync(fd)
  }
}

/** A second name of the very same file. false: that cannot be here (another file system, somebody else's file). */
export function linkFileEntry(source: HeldFolder, name: string, into: HeldFolder, as: string): boolean {
  try {
    linkSync(source.at(name), into.at(as))
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) return false
    throw error
  }
}

/** Copies a link as it is written. */
export function copyLinkEntry(
  source: HeldFolder,
  name: string,
  into: HeldFolder,
  as: string,
  stat: Stats,
  owner: Owner | null,
): void {
  named(join(source.path, name), () => {
    symlinkSync(readlinkSync(source.at(name)), into.at(as))
    if (owner !== null) lchownSync(into.at(as), owner.uid, owner.gid)
    lutimesSync(into.at(as), stat.atimeMs / 1000, stat.mtimeMs / 1000)
  })
}

/** To be called when the folder is full: what is put into it changes its time, and it may be closed to writing. */
export function finishFolder(folder: HeldFolder, stat: Stats, owner: Owner | null): void {
  named(folder.path, () => {
    if (owner !== null) fchownSync(folder.fd, owner.uid, owner.gid)
    fchmodSync(folder.fd, stat.mode & 0o7777)
    futimesSync(folder.fd, stat.atimeMs / 1000, stat.mtimeMs / 1000)
  })
}
