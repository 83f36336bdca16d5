import { readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { problemOf } from '../core/model/problem.ts'

/** A path inside a tree, as configs name files: relative, with slashes, never leading out. */
export function isInsidePath(path: string): boolean {
  return !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..')
}

/**
 * The text of a file of a tree; null when it is not there, no plain file, larger than `bytesMax`, or when a link in the
 * release leads out of the tree. Errors: system errors other than a missing file.
 */
export async function readInside(dir: string, path: string, bytesMax: number): Promise<string | null> {
  if (!isInsidePath(path)) return null
  try {
    const [tree, file] = [await realpath(dir), await realpath(join(dir, path))]
    const entry = await stat(file)
    if (!file.startsWith(`${tree}${sep}`) || !entry.isFile() || entry.size > bytesMax) return null
    return await readFile(file, 'utf8')
  } catch (error) {
    const errno = problemOf(error).facts['errno']
    if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return null
    throw error
  }
}
