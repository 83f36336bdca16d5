import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface AtomicWrite {
  readonly mode: number
  /** A path in the same folder, best derived from the run: what a crash left there is overwritten. */
  readonly temporary?: string
  readonly owner?: { readonly uid: number; readonly gid: number }
}

const { O_CREAT, O_EXCL, O_WRONLY } = constants
// Windows has none, which the types do not say.
const flags: Partial<typeof constants> = constants
const { O_NOFOLLOW = 0 } = flags

/** Puts a file in place whole or not at all, and on disk when this resolves. */
export async function atomicWrite(path: string, content: string | Uint8Array, options: AtomicWrite): Promise<void> {
  const { mode, owner, temporary = join(dirname(path), `.${basename(path)}.belay-new`) } = options
  await rm(temporary, { force: true })
  // Exclusive: nobody else's file or link of that name is written into.
  await using file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    await file.writeFile(content)
    if (owner !== undefined) await file.chown(owner.uid, owner.gid)
    await file.chmod(mode)
    await file.sync()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await fsyncDir(dirname(path))
}

/** A rename that a power cut cannot take back: both parents are synced. */
export async function renameDurable(from: string, to: string): Promise<void> {
  await rename(from, to)
  await fsyncDir(dirname(to))
  if (dirname(from) !== dirname(to)) await fsyncDir(dirname(from))
}

/** Points `link` at `target` (kept as written) with one rename; `temporary` lies in the same folder. */
export function replaceLink(link: string, target: string, temporary: string): void {
  // Inside the outage: a call to the kernel costs less than a turn of the event loop.
  rmSync(temporary, { force: true })
  symlinkSync(target, temporary)
  renameSync(temporary, link)
  fsyncDirSync(dirname(link))
}

/** Makes what was created, renamed or removed in a folder survive a power cut. */
export async function fsyncDir(path: string): Promise<void> {
  // Windows has no such call for folders.
  if (process.platform === 'win32') return
  await using folder = await open(path, constants.O_RDONLY)
  await folder.sync()
}

function fsyncDirSync(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
