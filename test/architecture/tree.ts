import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { Tree } from './check.ts'
import { parseModule } from './parse.ts'

const root = resolve(import.meta.dirname, '../..')

/** Every module below src/, parsed. */
export function readSourceTree(): Tree {
  return readTree('src')
}

/** Every module of the page, parsed. */
export function readPageTree(): Tree {
  return readTree('web/src')
}

function readTree(folder: string): Tree {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return new Map(files.map((file) => [file, parseModule(file, readFileSync(join(root, file), 'utf8'))]))
}
