import { open, readlink, stat } from 'node:fs/promises'
import type { Reading } from '../../core/detect/readings.ts'
import { problemOf } from '../../core/model/problem.ts'

const fileBytesMax = 256 * 1024

/** Any failure becomes a reading: a detector that throws tells nothing. */
export async function reading<T>(look: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await look() }
  } catch (error) {
    return { errno: nameOf(error) }
  }
}

/** The system's word, else our code. */
export function nameOf(error: unknown): string {
  const { code, facts } = problemOf(error)
  return typeof facts['errno'] === 'string' && facts['errno'] !== '' ? facts['errno'] : code
}

/** The beginning of a file. Files of /proc have no size, and reading some of them may wait: only one read is made. */
export async function readStart(path: string, bytesMax = fileBytesMax): Promise<string> {
  await using handle = await open(path, 'r')
  const buffer = Buffer.alloc(bytesMax)
  let filled = 0
  while (filled < bytesMax) {
    const { bytesRead } = await handle.read(buffer, filled, bytesMax - filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.toString('utf8', 0, filled)
}

export async function readLink(path: string): Promise<string> {
  return readlink(path)
}

export async function present(path: string): Promise<string> {
  await stat(path)
  return 'present'
}
