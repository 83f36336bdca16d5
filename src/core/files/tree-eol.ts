import { type BaseFile, isClean, isCrlf, type LocalFile } from './local.ts'
import type { Eol } from './eol.ts'

/** A tree with fewer files in CR LF was not checked out so: an editor may have written a few of them. */
const shareMin = 0.25

/** How a tree was checked out, told from its files that nobody edited. */
export function treeEol(base: ReadonlyMap<string, BaseFile>, local: ReadonlyMap<string, LocalFile>): Eol {
  let [clean, crlf] = [0, 0]
  for (const [path, file] of base) {
    const there = local.get(path)
    if (there === undefined || !isClean(there, file)) continue
    clean += 1
    if (isCrlf(there, file)) crlf += 1
  }
  return crlf > 0 && crlf >= clean * shareMin ? 'crlf' : 'as-is'
}
