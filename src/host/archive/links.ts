import type { FolderNode, HardLinkNode, TreeNode } from './entry-tree.ts'
import { foldName } from './names.ts'
import { hostile } from './problems.ts'

export interface PlacedLink {
  /** Relative to the root, with slashes. */
  readonly path: string
  readonly target: string
}

export interface PlacedHardLink {
  readonly path: string
  readonly target: string
}

/**
 * All links of the finished tree, each proven to stay inside it: inside `top` when that folder is stripped. Links are created only after every file is
 * written, so nothing is ever written through one; here the targets are followed as the kernel would, link by link:
 * `a -> b/..` looks harmless by its text alone when `b` is itself a link.
 */
export function linksInside(
  archive: FolderNode,
  top: string | null,
): { readonly links: readonly PlacedLink[]; readonly hardLinks: readonly PlacedHardLink[] } {
  const root = strippedRoot(archive, top)
  const links: PlacedLink[] = []
  const hardLinks: PlacedHardLink[] = []
  const visit = (folder: FolderNode, above: readonly FolderNode[], prefix: string): void => {
    for (const node of folder.children.values()) {
      const path = prefix + node.name
      if (node.kind === 'folder') visit(node, [...above, node], `${path}/`)
      if (node.kind === 'link') {
        if (!staysInside(above, node.target)) throw hostile(path, `links out of the archive, to "${node.target}"`)
        links.push({ path, target: node.target })
      }
      if (node.kind === 'hard-link') hardLinks.push({ path, target: hardTarget(archive, top, path, node) })
    }
  }
  visit(root, [root], '')
  return { links, hardLinks }
}

/** The one folder that everything lives under, or null for a flat archive. A lone file is not a folder. */
export function topFolder(archive: FolderNode): string | null {
  const [only, ...others] = archive.children.values()
  return only?.kind === 'folder' && others.length === 0 ? only.name : null
}

/** The node of `top`, or the root itself. */
export function strippedRoot(archive: FolderNode, top: string | null): FolderNode {
  const node = top === null ? archive : archive.children.get(foldName(top))
  return node?.kind === 'folder' ? node : archive
}

const hopsMax = 40

/** Whether following `target` from the folder at the end of `from` ever rises above the first of `from`. */
function staysInside(from: readonly FolderNode[], target: string): boolean {
  // Names left to walk, next one last. A part that does not exist may be walked over: the kernel stops there.
  const todo = target.split('/').toReversed()
  const at: (FolderNode | null)[] = [...from]
  let hops = 0
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      at.pop()
      if (at.length === 0) return false
      continue
    }
    const next: TreeNode | undefined = at.at(-1)?.children.get(foldName(name))
    if (next?.kind === 'link') {
      hops += 1
      if (hops > hopsMax) return false
      todo.push(...next.target.split('/').toReversed())
      continue
    }
    at.push(next?.kind === 'folder' ? next : null)
  }
  return true
}

/** Hard links name their target from the root of the archive, whatever is stripped. */
function hardTarget(archive: FolderNode, top: string | null, path: string, node: HardLinkNode): string {
  let at: TreeNode | undefined = archive
  for (const name of node.target) at = at?.kind === 'folder' ? exactly(at, name) : undefined
  if (at?.kind !== 'file')
    throw hostile(path, `is a hard link to "${node.target.join('/')}", which is no file of the archive`)
  return node.target.slice(top === null ? 0 : 1).join('/')
}

/** A link is made to the very name: to the kernel `A` is not `a`, though no two entries may differ in that alone. */
function exactly(folder: FolderNode, name: string): TreeNode | undefined {
  const found = folder.children.get(foldName(name))
  return found?.name === name ? found : undefined
}
