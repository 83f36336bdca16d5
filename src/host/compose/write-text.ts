import { stat } from 'node:fs/promises'
import { atomicWrite } from '../tree/durable.ts'
import { finishInPlace, writeInPlace } from '../tree/in-place.ts'
import { isMountPoint } from '../tree/mounts.ts'

/** Where a file is written, and what that takes. `path` has no links in it. */
export interface TextTarget {
  readonly path: string
  /** Beside `path`. */
  readonly temporary: string
  /** What a write in place is finished from after a crash. */
  readonly saved: string
  readonly inPlace: boolean
}

/** The folder refuses, or the file is a mount of its own: the file itself may be writable all the same. */
const refusals: ReadonlySet<string> = new Set(['EBUSY', 'EACCES', 'EPERM', 'EROFS', 'EXDEV'])

/**
 * Puts `after` into a file that holds `before`, by a rename that keeps mode and owner. Where that cannot be, through the
 * file as it is (D21): `finishWrite` is due before anybody reads it after a crash.
 */
export async function writeText(target: TextTarget, before: Buffer, after: Buffer): Promise<void> {
  const { path, temporary, inPlace } = target
  if (!inPlace && !isMountPoint(path)) {
    const { mode, uid, gid } = await stat(path)
    try {
      return await atomicWrite(path, after, { mode: mode & 0o7777, owner: { uid, gid }, temporary })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && refusals.has(String(error.code)))) throw error
    }
  }
  await writeInPlace(path, target.saved, before, after)
}

/** Finishes what a crash left half written. Does nothing to a file that somebody else wrote since. */
export async function finishWrite({ path, saved }: Pick<TextTarget, 'path' | 'saved'>): Promise<void> {
  await finishInPlace(path, saved, 'after')
}
