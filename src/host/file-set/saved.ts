import { isNothing } from './paths.ts'
import { mkdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fail } from '../../core/model/problem.ts'
import { atomicWrite } from '../tree/durable.ts'
import { HeldFolder } from '../tree/held-folder.ts'
import { removeTree } from '../tree/remove.ts'
import { exists } from '../tree/stat.ts'
import { Folders } from './folders.ts'
import { changeSchema, readList, writeList } from './set.ts'

/**
 * What a transaction keeps to go back by, `SAVED/changes.json` and `SAVED/files/<the very path>`: its undo record while
 * it runs, and the kept version of an update that succeeded. The list is written before anything in the tree changes,
 * and it is what both directions go by from then on.
 *
 * Such a folder may lie in a tree that belongs to a service's user, while belay is root. What it says is only believed
 * when the folder belongs to whoever runs belay and nobody else may write it, when it is held open, and when root and
 * run are those of the step: a folder put there instead would have root write what its maker likes.
 */

const ownerSchema = z.object({ uid: z.number().int(), gid: z.number().int() })

const savedChangeSchema = changeSchema.extend({
  rung: z.enum(['normal', 'inode', 'helper']),
  /** Where the new content waits for its rename, relative to the root. null: it needs no such place. */
  temp: z.string().nullable(),
  /** Of what was there before. */
  owner: ownerSchema.nullable(),
})
export type SavedChange = z.infer<typeof savedChangeSchema>

const savedListSchema = z.object({
  v: z.literal(1),
  run: z.string(),
  root: z.string(),
  /** The version that these files belong to, and the one that took its place. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  changes: z.array(savedChangeSchema),
  /** Optional paths that nothing may write. */
  skipped: z.array(z.string()),
  warnings: z.array(z.string()),
})
export type SavedList = z.infer<typeof savedListSchema>

export class SavedFolder implements Disposable {
  readonly path: string
  readonly #held: HeldFolder

  private constructor(path: string, held: HeldFolder) {
    this.path = path
    this.#held = held
  }

  static async open(path: string): Promise<SavedFolder | null> {
    if (!(await exists(path))) return null
    const held = HeldFolder.open(path)
    const stat = held.stat()
    const own = process.getuid?.()
    if (own !== undefined && (stat.uid !== own || (stat.mode & 0o022) !== 0)) {
      held[Symbol.dispose]()
      throw fail('E_STATE_UNSAFE', `${path} belongs to somebody else, or others may write it.`, {
        hint: 'What it says is not believed. Move it away if you did not put it there.',
        facts: { path },
      })
    }
    return new SavedFolder(path, held)
  }

  /** Empty: what an attempt left that never came to its list is taken away. */
  static async make(path: string): Promise<SavedFolder> {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const made = await SavedFolder.open(path)
    if (made === null) throw new Error(`${path} was removed meanwhile`)
    await removeTree(made.#at('files'))
    rmSync(made.#at('record.json'), { force: true })
    mkdirSync(made.#at('files'), { mode: 0o700 })
    return made
  }

  /** null: the transaction never began to change anything. */
  list(): Promise<SavedList | null> {
    return readList(this.#at('changes.json'), savedListSchema)
  }

  writeList(list: SavedList): Promise<void> {
    return writeList(this.#at('changes.json'), list)
  }

  /** The record of what was installed, as it was. null: there was none. */
  async keepRecord(content: Buffer | null): Promise<void> {
    if (content !== null) await atomicWrite(this.#at('record.json'), content, { mode: 0o600 })
  }

  record(): Promise<Buffer | null> {
    return contentOf(this.#at('record.json'))
  }

  files(): Folders {
    return new Folders(this.#held.folder('files'))
  }

  /** What somebody wrote meanwhile, and what an undo put aside for them. */
  aside(): Folders {
    mkdirSync(this.#at('aside'), { recursive: true, mode: 0o700 })
    return new Folders(this.#held.folder('aside'))
  }

  /** Of the nth change, while a file is written through its inode. */
  inPlaceRecord(index: number): string {
    return this.#at(`in-place-${index}.json`)
  }

  /** After an undo: the list goes first, so that no half-removed folder passes for a version to go back to. */
  async discard(): Promise<void> {
    rmSync(this.#at('changes.json'), { force: true })
    if (await exists(this.#at('aside'))) return removeTree(join(this.path, 'files'))
    await removeTree(this.path)
  }

  #at(name: string): string {
    return this.#held.at(name)
  }

  [Symbol.dispose](): void {
    this.#held[Symbol.dispose]()
  }
}

/** null: there is no such file. */
export async function contentOf(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isNothing(error)) return null
    throw error
  }
}

/** A kept version. null: there is none in this folder, or it is not believed. */
export async function readKept(path: string): Promise<SavedList | null> {
  try {
    using saved = await SavedFolder.open(path)
    return (await saved?.list()) ?? null
  } catch {
    return null
  }
}
