import type { ArchiveLimits } from './limits.ts'
import { foldName, parseEntryName, parseLinkTarget } from './names.ts'
import { hostile, tooLarge } from './problems.ts'

export interface FolderNode {
  readonly kind: 'folder'
  readonly name: string
  /** By folded name, see `foldName`. */
  readonly children: Map<string, TreeNode>
  /** Null until the archive says it: a folder may only be implied by what lies in it. */
  mode: number | null
  mtimeSeconds: number | null
}

export interface LinkNode {
  readonly kind: 'link'
  readonly name: string
  readonly target: string
}

export interface HardLinkNode {
  readonly kind: 'hard-link'
  readonly name: string
  readonly target: readonly string[]
}

interface FileNode {
  readonly kind: 'file'
  readonly name: string
}

export type TreeNode = FolderNode | FileNode | LinkNode | HardLinkNode

export function folderNode(name: string): FolderNode {
  return { kind: 'folder', name, children: new Map(), mode: null, mtimeSeconds: null }
}

/**
 * Every name an archive has claimed so far, in memory only. Invariants: a name is claimed once (folders may be named
 * again), no two names fold to the same, nothing lies below something that is not a folder.
 */
export class EntryTree {
  readonly root: FolderNode = folderNode('')
  readonly #limits: ArchiveLimits
  #entries = 0
  #nameBytes = 0

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  /** Claims a folder; `created` lists the paths of the folders that were not there before, outermost first. */
  folder(raw: string): { readonly node: FolderNode; readonly created: readonly string[] } {
    const segments = this.#parse(raw)
    const created: string[] = []
    return { node: this.#descend(raw, segments, created), created }
  }

  /** Claims a file; `path` is relative to the root, with slashes. */
  file(raw: string): { readonly path: string; readonly created: readonly string[] } {
    const { path, created } = this.#claim(raw, (name) => ({ kind: 'file', name }))
    return { path, created }
  }

  link(raw: string, target: string): readonly string[] {
    const checked = parseLinkTarget(raw, target, this.#limits)
    return this.#claim(raw, (name) => ({ kind: 'link', name, target: checked })).created
  }

  hardLink(raw: string, target: string): readonly string[] {
    const segments = parseEntryName(target, this.#limits)
    return this.#claim(raw, (name) => ({ kind: 'hard-link', name, target: segments })).created
  }

  #claim(
    raw: string,
    make: (name: string) => TreeNode,
  ): { readonly path: string; readonly created: readonly string[] } {
    const segments = this.#parse(raw)
    const name = segments.at(-1)
    if (name === undefined || raw.endsWith('/')) throw hostile(raw, 'has the name of a folder and is none')
    const created: string[] = []
    const parent = this.#descend(raw, segments.slice(0, -1), created)
    const key = foldName(name)
    const taken = parent.children.get(key)
    if (taken !== undefined) throw hostile(raw, clash(taken, name))
    parent.children.set(key, make(name))
    return { path: segments.join('/'), created }
  }

  #parse(raw: string): readonly string[] {
    this.#entries += 1
    if (this.#entries > this.#limits.entriesMax) {
      throw tooLarge('too many entries', 'entriesMax', this.#limits.entriesMax)
    }
    this.#nameBytes += raw.length
    if (this.#nameBytes > this.#limits.namesBytesMax) {
      throw tooLarge('too many bytes of names', 'namesBytesMax', this.#limits.namesBytesMax)
    }
    return parseEntryName(raw, this.#limits)
  }

  #descend(raw: string, segments: readonly string[], created: string[]): FolderNode {
    let at = this.root
    for (const [index, name] of segments.entries()) {
      const key = foldName(name)
      const known = at.children.get(key)
      if (known === undefined) {
        const made = folderNode(name)
        at.children.set(key, made)
        created.push(segments.slice(0, index + 1).join('/'))
        at = made
        continue
      }
      if (known.kind !== 'folder') throw hostile(raw, `uses "${known.name}", which is not a folder, as one`)
      if (known.name !== name) throw hostile(raw, clash(known, name))
      at = known
    }
    return at
  }
}

function clash(taken: TreeNode, name: string): string {
  if (taken.name === name) return 'comes twice'
  return `differs from "${taken.name}" only in case or in how its characters are composed`
}
