import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { problemOf } from '../../core/model/problem.ts'
import { type Page, type PageFile, pageEncodings } from '../../ports/page.ts'
import { packedSuffix, type PageIndex, pageIndexName, pageIndexSchema } from '../../protocol/page-index.ts'

/**
 * The page in the folder it was built into. Its index is read again when the page was built anew; the files themselves are
 * read when they are asked for: an agent that nobody looks at keeps none of them in memory.
 */
export function pageFiles(dir: string): Page {
  let known: { readonly stamp: string; readonly files: ReadonlyMap<string, PageFile> | null } | null = null
  return {
    async files() {
      const stamp = await stampOf(join(dir, pageIndexName))
      if (stamp === null) return null
      if (known?.stamp !== stamp) known = { stamp, files: await filesOf(join(dir, pageIndexName)) }
      return known.files
    },
    async read(path, encoding) {
      const file = join(dir, path) + (encoding === null ? '' : packedSuffix[encoding])
      return readFile(file).catch(absent)
    },
  }
}

async function stampOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(absent)
  return found === null ? null : `${found.ino} ${found.mtimeNs}`
}

/** null: it is not whole, as after a copy that was broken off. */
async function filesOf(file: string): Promise<ReadonlyMap<string, PageFile> | null> {
  const index = indexIn(await readFile(file, 'utf8'))
  if (index === null) return null
  return new Map(
    Object.entries(index.files).map(([path, { packed, type, hash, immutable }]) => [
      path,
      { type, hash, immutable, encodings: pageEncodings.filter((encoding) => packed[encoding] !== undefined) },
    ]),
  )
}

function indexIn(text: string): PageIndex | null {
  try {
    return pageIndexSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function absent(error: unknown): null {
  const { errno } = problemOf(error).facts
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return null
  throw error
}
