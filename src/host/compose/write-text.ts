import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { atomicWrite } from '../tree/durable.ts'
import { isMountPoint } from '../tree/mounts.ts'
import { exists } from '../tree/stat.ts'

/** Where a file is written, and what that takes. `path` has no links in it. */
export interface TextTarget {
  readonly path: string
  /** Beside `path`. */
  readonly temporary: string
  /** What a write in place is finished from after a crash. */
  readonly saved: string
  readonly inPlace: boolean
}

const savedSchema = z.object({ v: z.literal(1), before: z.base64(), after: z.base64() })

/** The folder refuses, or the file is a mount of its own: the file itself may be writable all the same. */
const refusals: ReadonlySet<string> = new Set(['EBUSY', 'EACCES', 'EPERM', 'EROFS', 'EXDEV'])

/**
 * Puts `after` into a file that holds `before`, by a rename that keeps mode and owner. Where that cannot be, through the
 * file as it is (D21): both texts are saved first, and `finishWrite` is due before anybody reads it.
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
  const saved = { v: 1, before: before.toString('base64'), after: after.toString('base64') }
  await mkdir(dirname(target.saved), { recursive: true, mode: 0o700 })
  await atomicWrite(target.saved, JSON.stringify(saved), { mode: 0o600 })
  await overwrite(path, after)
  await rm(target.saved)
}

/** Finishes what a crash left half written. Does nothing to a file that somebody else wrote since. */
export async function finishWrite({ path, saved }: Pick<TextTarget, 'path' | 'saved'>): Promise<void> {
  if (!(await exists(saved))) return
  const record = savedSchema.parse(JSON.parse(await readFile(saved, 'utf8')))
  const [before, after] = [Buffer.from(record.before, 'base64'), Buffer.from(record.after, 'base64')]
  if (isMix(await readFile(path), before, after)) await overwrite(path, after)
  await rm(saved)
}

/** Nothing is cut off before all of it is written: at any instant the file is made of the two texts. */
async function overwrite(path: string, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'r+')
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten
  await file.truncate(bytes.length)
  await file.sync()
}

/** Whether every byte is that of one of the two. Where the file grew, a power cut may leave zeros. */
function isMix(now: Buffer, before: Buffer, after: Buffer): boolean {
  if (now.length < Math.min(before.length, after.length) || now.length > Math.max(before.length, after.length))
    return false
  return now.every((byte, at) => byte === before[at] || byte === after[at] || (byte === 0 && at >= before.length))
}
