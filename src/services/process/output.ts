import { mkdir, open, rename, rm, stat, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { lastLines } from '../../host/process/tail.ts'

export const logBytesMax = 10 * 1024 * 1024
const filesKept = 5
const readBytesMax = 1024 * 1024

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}

/** Frees `output.log.1` by moving each older file one further; the oldest goes. */
async function shift(log: string): Promise<void> {
  await rm(`${log}.${filesKept - 1}`, { force: true })
  for (let n = filesKept - 2; n >= 1; n--) {
    await rename(`${log}.${n}`, `${log}.${n + 1}`).catch(() => {})
  }
}

/** The last bytes of a file from `offset` on. */
async function readEnd(file: string, offset: number, bytesMax: number): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    // A file that is shorter than the offset was rotated since.
    const from = Math.max(offset > size ? 0 : offset, size - bytesMax)
    const buffer = Buffer.alloc(Math.max(0, size - from))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/**
 * Bounds the log of a running service: it writes to the file itself, so that it survives belay, and its file is
 * therefore copied and emptied (it appends, so it goes on at the new end).
 */
export async function boundOutput(log: string, bytesMax = logBytesMax): Promise<void> {
  if ((await sizeOf(log)) <= bytesMax) return
  const end = await readEnd(log, 0, bytesMax)
  await shift(log)
  const kept = await open(`${log}.1`, 'w', 0o600)
  try {
    await kept.writeFile(end)
  } finally {
    await kept.close()
  }
  await truncate(log, 0)
}

/** Opens the log for a new process, after moving a full one aside. `offset`: where its output begins. */
export async function openOutput(log: string, bytesMax = logBytesMax) {
  await mkdir(dirname(log), { recursive: true, mode: 0o700 })
  if ((await sizeOf(log)) >= bytesMax) {
    await shift(log)
    await rename(log, `${log}.1`)
  }
  const handle = await open(log, 'a', 0o600)
  return { handle, offset: (await handle.stat()).size }
}

/** The last lines from `offset` on, oldest first; none when nothing was ever written. */
export async function lastOutput(log: string, offset: number, linesMax: number): Promise<readonly string[]> {
  const bytes = await readEnd(log, offset, readBytesMax).catch(() => Buffer.alloc(0))
  return lastLines(bytes.toString('utf8'), linesMax)
}

/** When something was last written; 0: never. */
export async function lastWriteMs(log: string): Promise<number> {
  try {
    return (await stat(log)).mtimeMs
  } catch {
    return 0
  }
}
