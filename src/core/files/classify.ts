import { absent, type BaseFile, type GitFile, isClean, isExecutable, type LocalFile, sameContent } from './local.ts'

export type LocalEdits = 'keep' | 'overwrite' | 'refuse'

export interface Trees {
  /** What was installed last; null: nobody knows, and then nothing is the user's or the publisher's for sure. */
  readonly base: ReadonlyMap<string, BaseFile> | null
  /** The commit to come to. */
  readonly next: ReadonlyMap<string, GitFile>
  /** Of every path of both. */
  readonly local: ReadonlyMap<string, LocalFile>
  readonly isProtected: (path: string) => boolean
  readonly localEdits: LocalEdits
}

/**
 * What differs at a path. `does`: whether the update changes it: `replace` puts `to` there, `remove` takes it away,
 * `mode` changes the executable bit alone; null: it stays as it is, and `local` or `blocked` says why.
 */
export interface Difference {
  readonly path: string
  readonly change: 'added' | 'changed' | 'removed' | 'mode'
  readonly local: 'clean' | 'edited' | 'protected'
  readonly does: 'replace' | 'remove' | 'mode' | null
  readonly from: LocalFile
  readonly to: GitFile | null
  /** Why it cannot be done although it ought to be; null: nothing is in the way. */
  readonly blocked: string | null
}

/** Every path where what stands there is not what the commit has, in the order of the paths. */
export function classify(trees: Trees): readonly Difference[] {
  const found: Difference[] = []
  for (const [path, to] of trees.next) {
    const difference = incoming(path, to, trees)
    if (difference !== null) found.push(difference)
  }
  for (const [path, base] of trees.base ?? []) {
    if (trees.next.has(path)) continue
    const difference = outgoing(path, base, trees)
    if (difference !== null) found.push(difference)
  }
  return withBlocked(
    found.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    trees,
  )
}

function incoming(path: string, to: GitFile, trees: Trees): Difference | null {
  const from = trees.local.get(path) ?? absent
  const base = trees.base?.get(path) ?? null
  const common = { path, from, to, blocked: null }
  const change = from.kind === 'absent' ? 'added' : 'changed'
  const published = trees.base === null || base === null || base.blob !== to.blob || base.mode !== to.mode
  if (trees.isProtected(path) || from.kind === 'behind-link') {
    return published && !sameContent(from, to) ? { ...common, change, local: 'protected', does: null } : null
  }
  if (sameContent(from, to)) return modeOnly(path, from, to, base)
  if (from.kind === 'absent' && base === null) return { ...common, change, local: 'clean', does: 'replace' }
  if (base !== null && isClean(from, base)) {
    return { ...common, change, local: 'clean', does: 'replace' }
  }
  // Where nobody knows what was installed, what differs is taken for an older state of the tree.
  if (trees.base === null && trees.localEdits !== 'refuse') {
    return { ...common, change, local: 'edited', does: 'replace' }
  }
  // An edit that the commit does not touch is none of the update's business.
  if (!published && trees.localEdits !== 'overwrite') return null
  const does = trees.localEdits === 'overwrite' ? 'replace' : null
  return { ...common, change, local: 'edited', does }
}

/** A mode that the user set stays; one that the publisher changed is followed. */
function modeOnly(path: string, from: LocalFile, to: GitFile, base: BaseFile | null): Difference | null {
  if (from.kind !== 'file' || isExecutable(from.mode) === (to.mode === '100755')) return null
  if (base !== null && base.mode === to.mode) return null
  return { path, change: 'mode', local: 'clean', does: 'mode', from, to, blocked: null }
}

function outgoing(path: string, base: BaseFile, trees: Trees): Difference | null {
  const from = trees.local.get(path) ?? absent
  if (from.kind === 'absent' || from.kind === 'folder') return null
  const common = { path, change: 'removed', from, to: null, blocked: null } as const
  if (trees.isProtected(path) || from.kind === 'behind-link') return { ...common, local: 'protected', does: null }
  if (isClean(from, base)) return { ...common, local: 'clean', does: 'remove' }
  return { ...common, local: 'edited', does: trees.localEdits === 'overwrite' ? 'remove' : null }
}

/** What cannot be put where it belongs: a folder or a device is there, or a file that stays stands on the way to it. */
function withBlocked(differences: readonly Difference[], { local }: Trees): readonly Difference[] {
  const removed = new Set(differences.flatMap(({ path, does }) => (does === 'remove' ? [path] : [])))
  return differences.map((difference) => {
    if (difference.does !== 'replace') return difference
    const { path, from } = difference
    if (from.kind === 'folder' || from.kind === 'special') {
      return { ...difference, blocked: `a ${from.kind === 'folder' ? 'folder' : 'device or the like'} stands there` }
    }
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const above = path.slice(0, at)
      const there = local.get(above)
      if ((there?.kind === 'file' || there?.kind === 'link') && !removed.has(above)) {
        return { ...difference, blocked: `${above} is a file here, and stays` }
      }
    }
    return difference
  })
}
