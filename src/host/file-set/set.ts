import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { FileChange } from '../../core/files/change.ts'
import { fail } from '../../core/model/problem.ts'
import { atomicWrite } from '../tree/durable.ts'
import { isNothing, isPlainPath } from './paths.ts'

/**
 * A file set is what a file transaction installs: `SET/changes.json` and the contents `SET/new/<sha256>`. The list is
 * written last and whole: without it there is no set.
 */

export type { FileChange, FileState } from '../../core/files/change.ts'

/**
 * `root` is absolute and no link itself. Missing parents of what is new need no change of their own: they are made, and
 * taken away again. A folder whose `to` is null goes if nothing is left in it; folders that nobody names stay.
 */
export interface FileSet {
  readonly v: 1
  readonly root: string
  readonly changes: readonly FileChange[]
}

const listName = 'changes.json'
const listBytesMax = 256 * 1024 * 1024
const modeSchema = z.number().int().min(0).max(0o7777)

const stateSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.number().int().nonnegative(),
    mode: modeSchema,
  }),
  z.object({ kind: z.literal('link'), target: z.string().min(1) }),
  z.object({ kind: z.literal('dir'), mode: modeSchema }),
])

export const changeSchema = z.object({
  path: z.string().refine(isPlainPath),
  from: stateSchema.nullable(),
  to: stateSchema.nullable(),
})

const setSchema = z.object({ v: z.literal(1), root: z.string().refine(isAbsolute), changes: z.array(changeSchema) })

/** Where the content of this SHA-256 lies in a set. Whoever fills a set brings it to disk before the list is written. */
export function contentPath(dir: string, sha256: string): string {
  return join(dir, 'new', sha256)
}

/** Makes the set whole. The contents are there by now, and on disk. E_PATH_INVALID: a path that leads elsewhere. */
export async function writeFileSet(dir: string, set: FileSet): Promise<void> {
  const wrong = set.changes.find(({ path }) => !isPlainPath(path))
  if (wrong !== undefined) {
    throw fail('E_PATH_INVALID', `"${wrong.path}" is not a path inside a tree.`, { facts: { path: wrong.path } })
  }
  await writeList(join(dir, listName), set)
}

/** null: there is no set, or not yet. E_IO: what is there is none. */
export async function readFileSet(dir: string): Promise<FileSet | null> {
  return readList(join(dir, listName), setSchema)
}

export async function writeList(file: string, list: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await atomicWrite(file, `${JSON.stringify(list)}\n`, { mode: 0o600 })
}

export async function readList<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    if ((await stat(file)).size > listBytesMax) throw new Error('it is too large')
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (isNothing(error)) return null
    throw fail('E_IO', `${file} cannot be read as a list of files.`, {
      hint: 'Look at the kernel log for errors of the disk.',
      facts: { file },
      cause: error,
    })
  }
}
