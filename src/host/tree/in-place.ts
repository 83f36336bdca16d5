import { closeSync, constants, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { fail } from '../../core/model/problem.ts'
import { atomicWrite } from './durable.ts'
import { exists } from './stat.ts'

/**
 * Writing through the file itself, where a rename cannot be: the file is a mount of its own, or its folder is closed.
 * Both texts are recorded first, so that a file that a crash left half written is made whole, in either direction.
 */

/** Both contents are held in memory and in the record. */
export const inPlaceBytesMax = 64 * 1024 * 1024

const recordBytesMax = 4 * inPlaceBytesMax
const recordSchema = z.object({ v: z.literal(1), before: z.base64(), after: z.base64() })

// Windows has none, which the types do not say.
const flags: Partial<typeof constants> = constants
const { O_NOFOLLOW = 0 } = flags

/** Puts `after` into a file that holds `before`. `finishInPlace` is due before anybody reads it again after a crash. */
export async function writeInPlace(path: string, record: string, before: Buffer, after: Buffer): Promise<void> {
  await writeRecord(record, before, after)
  overwrite(path, after)
  await rm(record)
}

/** Finishes what a crash left half written, or takes it back. Does nothing to a file that somebody else wrote since. */
export async function finishInPlace(path: string, record: string, towards: 'before' | 'after'): Promise<void> {
  if (!(await exists(record))) return
  const texts = await readRecord(record)
  if (isMix(readFileSync(path), texts)) overwrite(path, texts[towards])
  await rm(record)
}

interface Texts {
  readonly before: Buffer
  readonly after: Buffer
}

async function writeRecord(record: string, before: Buffer, after: Buffer): Promise<void> {
  const content = { v: 1, before: before.toString('base64'), after: after.toString('base64') }
  await mkdir(dirname(record), { recursive: true, mode: 0o700 })
  await atomicWrite(record, JSON.stringify(content), { mode: 0o600 })
}

async function readRecord(record: string): Promise<Texts> {
  if ((await stat(record)).size > recordBytesMax) {
    throw fail('E_IO', `${record} is larger than what belay writes there.`, { facts: { file: record } })
  }
  const { before, after } = recordSchema.parse(JSON.parse(await readFile(record, 'utf8')))
  return { before: Buffer.from(before, 'base64'), after: Buffer.from(after, 'base64') }
}

/** Nothing is cut off before all of it is written: at any instant the file is made of the two texts. */
function overwrite(path: string, bytes: Buffer): void {
  const fd = openSync(path, constants.O_WRONLY | O_NOFOLLOW)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at)
    ftruncateSync(fd, bytes.length)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Whether every byte is that of one of the two. Where the file grew, a power cut may leave zeros. */
function isMix(now: Buffer, { before, after }: Texts): boolean {
  if (now.length < Math.min(before.length, after.length) || now.length > Math.max(before.length, after.length))
    return false
  return now.every((byte, at) => byte === before[at] || byte === after[at] || (byte === 0 && at >= before.length))
}
