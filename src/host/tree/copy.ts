import { fchmodSync, lstatSync, mkdirSync, renameSync, rmSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { copyFileEntry, copyLinkEntry, finishFolder, linkFileEntry, type Owner } from './copy-entry.ts'
import { specialFile } from './failures.ts'
import { HeldFolder, named } from './held-folder.ts'
import { removeFolderIn } from './remove.ts'
import { Turns } from './turns.ts'
import { type EntryKind, kindOf } from './walk.ts'

export interface CopyOptions {
  /**
   * Asked for each entry, by its relative path. `true` takes it, `false` leaves it out (a folder with all that is in
   * it), `'inside'` leaves a folder out unless something in it is taken. Left out: everything.
   */
  readonly filter?: (path: string, kind: EntryKind) => boolean | 'inside'
  /** Who shall own the copies; left out: who owns the originals, when run as root. */
  readonly owner?: Owner
  /** Sockets, devices and named pipes: an error by default. */
  readonly special?: 'refuse' | 'skip'
  /**
   * The name of the file that one of this name belongs to; null: to none. In `to` it goes where that file comes, and has
   * none of this name in `from`.
   */
  readonly companions?: (name: string) => string | null
  /** Files get a second name instead of a copy where that can be: no room is needed, and what writes into one writes into both. */
  readonly share?: boolean
  /** Told after each file how many bytes it had. */
  readonly onBytes?: (bytes: number) => void
  readonly signal: AbortSignal
}

/** `files` counts links too. */
export interface Copied {
  readonly files: number
  readonly bytes: number
}

/**
 * Copies what is in the folder `from` into the folder `to`, which is made when it is missing (its parent must be there):
 * modes, owners (as root), times, links as they are written, shared blocks where the file system can. What is already
 * in `to` stays, unless an entry of the same path comes: that one takes its place, with a rename. Doing it again after
 * a crash completes it. Nothing is synced.
 *
 * Both trees may belong to someone hostile who works in them meanwhile: see HeldFolder.
 * Errors: E_PATH_INVALID (special file), E_IO (a file became something else), E_CANCELLED, system errors.
 */
export async function copyTree(from: string, to: string, options: CopyOptions): Promise<Copied> {
  const copy = new TreeCopy(options)
  await copy.root(from, to)
  return { files: copy.files, bytes: copy.bytes }
}

/** A folder of the copy: made, and held open, from the moment that something goes into it. */
class Destination implements Disposable {
  readonly #open: () => { readonly folder: HeldFolder; readonly made: boolean }
  #opened: { readonly folder: HeldFolder; readonly made: boolean } | null = null

  constructor(open: () => { readonly folder: HeldFolder; readonly made: boolean }) {
    this.#open = open
  }

  folder(): HeldFolder {
    this.#opened ??= this.#open()
    return this.#opened.folder
  }

  /** `taken`: the folder itself was asked for, not only something in it. */
  finish(stat: Stats, owner: Owner | null, taken: boolean): void {
    if (this.#opened !== null && (taken || this.#opened.made)) finishFolder(this.#opened.folder, stat, owner)
  }

  [Symbol.dispose](): void {
    this.#opened?.folder[Symbol.dispose]()
  }
}

class TreeCopy {
  readonly #options: CopyOptions
  readonly #turns: Turns
  files = 0
  bytes = 0

  constructor(options: CopyOptions) {
    this.#options = options
    this.#turns = new Turns(options.signal)
  }

  async root(from: string, to: string): Promise<void> {
    using source = HeldFolder.open(from)
    using into = new Destination(() => {
      const made = lstatSync(to, { throwIfNoEntry: false }) === undefined
      if (made) mkdirSync(to, { mode: 0o700 })
      return { folder: HeldFolder.open(to), made }
    })
    into.folder()
    await this.#entries(source, into, '')
    into.finish(source.stat(), this.#ownerOf(source.stat()), false)
  }

  async #entries(source: HeldFolder, into: Destination, prefix: string): Promise<void> {
    const names = source.names()
    const leaves = new Set<string>()
    for (const name of names) {
      await this.#turns.next()
      const path = prefix + name
      const stat = named(join(source.path, name), () => lstatSync(source.at(name)))
      const kind = kindOf(stat)
      const taken = this.#options.filter?.(path, kind) ?? true
      if (taken === false) continue
      if (kind === 'folder') await this.#folder(source, into, name, path, taken === true)
      else if (taken === true) {
        await this.#leaf(source, into, name, stat)
        leaves.add(name)
      }
    }
    if (leaves.size > 0) this.#dropCompanions(into, leaves, new Set(names))
  }

  #dropCompanions(into: Destination, leaves: ReadonlySet<string>, had: ReadonlySet<string>): void {
    const { companions } = this.#options
    if (companions === undefined) return
    const folder = into.folder()
    for (const name of folder.names()) {
      const owner = had.has(name) ? null : companions(name)
      if (owner === null || !leaves.has(owner)) continue
      const path = join(folder.path, name)
      if (!named(path, () => lstatSync(folder.at(name))).isDirectory()) named(path, () => rmSync(folder.at(name)))
    }
  }

  async #folder(source: HeldFolder, parent: Destination, name: string, path: string, taken: boolean): Promise<void> {
    using inner = source.folder(name)
    using into = new Destination(() => openInto(parent.folder(), name))
    if (taken) into.folder()
    await this.#entries(inner, into, `${path}/`)
    into.finish(inner.stat(), this.#ownerOf(inner.stat()), taken)
  }

  async #leaf(source: HeldFolder, parent: Destination, name: string, stat: Stats): Promise<void> {
    const kind = kindOf(stat)
    if (kind === 'special') {
      if (this.#options.special === 'skip') return
      throw specialFile(join(source.path, name))
    }
    const into = parent.folder()
    const as = await makeRoom(into, name)
    if (kind === 'link') copyLinkEntry(source, name, into, as, stat, this.#ownerOf(stat))
    else if (this.#options.share !== true || !linkFileEntry(source, name, into, as)) {
      const bytes = await copyFileEntry(source, name, into, as, (now) => this.#ownerOf(now))
      this.bytes += bytes
      this.#options.onBytes?.(bytes)
    }
    if (as !== name) named(join(into.path, name), () => renameSync(into.at(as), into.at(name)))
    this.files += 1
  }

  #ownerOf(stat: Stats): Owner | null {
    if (this.#options.owner !== undefined) return this.#options.owner
    return process.getuid?.() === 0 ? { uid: stat.uid, gid: stat.gid } : null
  }
}

/** The name to write under: where something is already, the new one arrives whole, by rename. */
async function makeRoom(into: HeldFolder, name: string): Promise<string> {
  const there = named(into.path, () => lstatSync(into.at(name), { throwIfNoEntry: false }))
  if (there === undefined) return name
  if (there.isDirectory()) {
    await removeFolderIn(into, name)
    return name
  }
  const temporary = `.${name.slice(0, 60)}.belay-copy`
  named(into.path, () => rmSync(into.at(temporary), { force: true }))
  return temporary
}

function openInto(parent: HeldFolder, name: string): { readonly folder: HeldFolder; readonly made: boolean } {
  const path = join(parent.path, name)
  const there = named(path, () => lstatSync(parent.at(name), { throwIfNoEntry: false }))
  const made = there?.isDirectory() !== true
  if (made) {
    named(path, () => rmSync(parent.at(name), { force: true }))
    named(path, () => mkdirSync(parent.at(name), { mode: 0o700 }))
  }
  const folder = parent.folder(name)
  // One that an earlier attempt completed, read-only, is opened again for this one.
  if ((folder.stat().mode & 0o300) !== 0o300) named(path, () => fchmodSync(folder.fd, 0o700))
  return { folder, made }
}
