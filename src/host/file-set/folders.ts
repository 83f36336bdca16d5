import { mkdirSync } from 'node:fs'
import { HeldFolder } from '../tree/held-folder.ts'
import { foldersAbove, nameOf, parentOf, isNothing } from './paths.ts'

/**
 * The folders of a tree, each reached from the root one held folder at a time: a link on the way is never followed,
 * whoever puts it there and whenever. Those of the last path stay open; ask in the order of the paths.
 */
export class Folders implements Disposable {
  readonly root: HeldFolder
  readonly #open: { readonly path: string; readonly folder: HeldFolder }[] = []

  /** A path, or a folder held already, which is this one's to close from now on. */
  constructor(root: string | HeldFolder) {
    this.root = typeof root === 'string' ? HeldFolder.open(root) : root
  }

  /** `''` is the root. null: there is none, or something on the way is no folder. It is closed by the next call. */
  at(path: string): HeldFolder | null {
    while (this.#open.length > 0 && !isWithin(path, this.#open.at(-1)?.path ?? '')) this.#close()
    let at = this.#open.at(-1)?.path ?? ''
    for (const name of path.slice(at === '' ? 0 : at.length + 1).split('/')) {
      if (name === '') continue
      const parent = this.#open.at(-1)?.folder ?? this.root
      const folder = openIn(parent, name)
      if (folder === null) return null
      at = at === '' ? name : `${at}/${name}`
      this.#open.push({ path: at, folder })
    }
    return this.#open.at(-1)?.folder ?? this.root
  }

  /** After folders were made or removed: what was open may have another name, or none. */
  forget(): void {
    while (this.#open.length > 0) this.#close()
  }

  /** `at`, with every folder on the way made where it is missing. For trees of ours alone. */
  made(path: string): HeldFolder {
    let folder = this.root
    for (const at of [...foldersAbove(path), path]) {
      if (at === '') continue
      const there = this.at(at)
      if (there === null) {
        // Asked again: looking further down closed what was open.
        folder = this.at(parentOf(at)) ?? this.root
        mkdirSync(folder.at(nameOf(at)), { mode: 0o700 })
      }
      folder = this.at(at) ?? this.root
    }
    return folder
  }

  #close(): void {
    this.#open.pop()?.folder[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.forget()
    this.root[Symbol.dispose]()
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function openIn(parent: HeldFolder, name: string): HeldFolder | null {
  try {
    return parent.folder(name)
  } catch (error) {
    if (isNothing(error) || (error instanceof Error && 'code' in error && error.code === 'ELOOP')) return null
    throw error
  }
}
