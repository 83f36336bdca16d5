import { readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { problemOf } from '../core/model/problem.ts'

/** A path inside a tree, as configs name files: relative, with slashes, never leading out. */
export function isInsidePath(path: string): boolean {
  return !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..')
}

/**
 * The text of a file of a tree; null when it is not there, no plain file, larger than `bytesMax`, or when a link in the
 * release leads out of the tree. Where `dir` is a link that is switched meanwhile, the file of one tree or of the other.
 * Errors: system errors other than a missing file.
 */
export async function readInside(dir: string, path: string, bytesMax: number): Promise<string | null> {
  if (!isInsidePath(path)) return null
  let tree = await real(dir)
  while (tree !== null) {
    const text = await readIn(tree, path, bytesMax)
    if (text !== null) return text
    // The tree that was led to may have been cleared away since.
    const now = await real(dir)
    if (now === tree) return null
    tree = now
  }
  return null
}

async function readIn(tree: string, path: string, bytesMax: number): Promise<string | null> {
  const file = await real(join(tree, path))
  if (file === null || !file.startsWith(`${tree}${sep}`)) return null
  return orMissing(async () => {
    const entry = await stat(file)
    return entry.isFile() && entry.size <= bytesMax ? await readFile(file, 'utf8') : null
  })
}

const real = (path: string): Promise<string | null> => orMissing(() => realpath(path))

async function orMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    const errno = problemOf(error).facts['errno']
    if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return null
    throw error
  }
}
