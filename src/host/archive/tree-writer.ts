import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { EntryTree, type FolderNode } from './entry-tree.ts'
import type { ArchiveLimits } from './limits.ts'
import { linksInside, strippedRoot, topFolder } from './links.ts'
import { wrongFormat } from './problems.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** `mode`: only its permission bits are used; setuid, setgid and sticky are dropped. `mtimeSeconds`: null for now. */
export interface EntryMeta {
  readonly mode: number
  readonly mtimeSeconds: number | null
}

export interface Written {
  readonly files: number
  readonly bytes: number
  readonly top: string | null
}

const createOnly = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/**
 * Writes the entries of one archive below `root`, a directory that did not exist before and that nobody else writes to.
 *
 * Synchronous on purpose: for small files a trip through the thread pool costs more than the system call, and the
 * decoder uses the pool meanwhile. Order keeps it safe: while files are written there is no link in the tree and no
 * folder belongs to anyone else, so no path can be bent; links come next, owners and modes of folders last, innermost
 * first.
 */
export class TreeWriter {
  readonly #root: string
  readonly #tree: EntryTree
  readonly #owner: Owner | null
  #open: { readonly fd: number; readonly meta: EntryMeta } | null = null
  #files = 0
  #bytes = 0

  constructor(root: string, limits: ArchiveLimits, owner: Owner | null) {
    this.#root = root
    this.#tree = new EntryTree(limits)
    this.#owner = owner
    mkdirSync(root, { mode: 0o700 })
  }

  folder(name: string, meta: EntryMeta): void {
    const { node, created } = this.#tree.folder(name)
    this.#make(created)
    node.mode = meta.mode
    node.mtimeSeconds = meta.mtimeSeconds
  }

  /** Opens a file; `write` its content, then `endFile`. One at a time. */
  beginFile(name: string, meta: EntryMeta): void {
    const { path, created } = this.#tree.file(name)
    this.#make(created)
    this.#open = { fd: openSync(join(this.#root, path), createOnly, 0o600), meta }
  }

  write(chunk: Uint8Array): void {
    if (this.#open === null) return
    for (let at = 0; at < chunk.length; ) at += writeSync(this.#open.fd, chunk, at)
    this.#bytes += chunk.length
  }

  endFile(): void {
    if (this.#open === null) return
    const { fd, meta } = this.#open
    const time = meta.mtimeSeconds ?? Date.now() / 1000
    if (this.#owner !== null) fchownSync(fd, this.#owner.uid, this.#owner.gid)
    fchmodSync(fd, meta.mode & 0o777)
    futimesSync(fd, time, time)
    this.#open = null
    closeSync(fd)
    this.#files += 1
  }

  link(name: string, target: string): void {
    this.#make(this.#tree.link(name, target))
    this.#files += 1
  }

  hardLink(name: string, target: string): void {
    this.#make(this.#tree.hardLink(name, target))
    this.#files += 1
  }

  /** Strips the top folder when there is one, creates the links, then sets owners, modes and times of the folders. */
  finish(): Written {
    if (this.#files === 0) throw wrongFormat('it holds no files')
    const top = topFolder(this.#tree.root)
    const { links, hardLinks } = linksInside(this.#tree.root, top)
    const root = strippedRoot(this.#tree.root, top)
    if (top !== null) hoist(this.#root, top, root)
    for (const { path, target } of hardLinks) linkSync(join(this.#root, target), join(this.#root, path))
    for (const { path, target } of links) {
      symlinkSync(target, join(this.#root, path))
      if (this.#owner !== null) lchownSync(join(this.#root, path), this.#owner.uid, this.#owner.gid)
    }
    this.#settle(root, this.#root)
    return { files: this.#files, bytes: this.#bytes, top }
  }

  /** Closes what is open; what was written stays, for the caller to remove. */
  abandon(): void {
    if (this.#open !== null) closeSync(this.#open.fd)
    this.#open = null
  }

  #make(created: readonly string[]): void {
    for (const path of created) mkdirSync(join(this.#root, path), { mode: 0o700 })
  }

  #settle(folder: FolderNode, path: string): void {
    for (const child of folder.children.values()) {
      if (child.kind === 'folder') this.#settle(child, join(path, child.name))
    }
    chmodSync(path, ((folder.mode ?? 0o755) & 0o777) | 0o700)
    if (folder.mtimeSeconds !== null) utimesSync(path, folder.mtimeSeconds, folder.mtimeSeconds)
    if (this.#owner !== null) lchownSync(path, this.#owner.uid, this.#owner.gid)
  }
}

/** Moves what lies in `root/top` up into `root`; the folder is renamed first, for it may hold one of its own name. */
function hoist(root: string, top: string, node: FolderNode): void {
  let name = '.hoist'
  while (node.children.has(name)) name += '-'
  const from = join(root, name)
  renameSync(join(root, top), from)
  for (const child of node.children.values()) {
    if (child.kind === 'folder' || child.kind === 'file') renameSync(join(from, child.name), join(root, child.name))
  }
  rmdirSync(from)
}
