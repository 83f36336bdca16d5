import { classify, type Difference } from '../../core/files/classify.ts'
import { type BaseFile, type GitFile, type LocalFile, sameContent } from '../../core/files/local.ts'
import { protection } from '../../core/files/protect.ts'
import type { Release } from '../../core/model/release.ts'
import type { SourceTree } from '../../ports/source.ts'
import type { FileNote, Installed, StrategyContext } from '../../ports/strategy.ts'
import { type Base, baseOf, matchingCommit } from './base.ts'
import { unknownVersion } from './layout.ts'
import { type Entry, followed, localFiles, type NotFollowed, refuseHostile } from './listing.ts'
import type { FilesConfig } from './schema.ts'

/** Everything that is known before a plan: the commit, what was installed, and what stands there. */
export interface Look {
  readonly tree: SourceTree
  /** What of the commit is followed, by path. */
  readonly next: ReadonlyMap<string, Entry>
  readonly base: Base
  readonly local: ReadonlyMap<string, LocalFile>
  readonly differences: readonly Difference[]
  readonly isProtected: (path: string) => boolean
  readonly notFollowed: readonly NotFollowed[]
}

/**
 * Asked once for a commit, however many want to know. `match`: what a tree without a record was made from is looked for.
 * E_PATH_INVALID: the listing holds a path that is refused.
 */
export function look(
  config: FilesConfig,
  now: Installed,
  release: Release,
  context: StrategyContext,
  match = false,
): Promise<Look> {
  return context.once(`tree ${release.tag} ${match}`, () => lookAt(config, now, release, context, match))
}

async function lookAt(
  config: FilesConfig,
  now: Installed,
  release: Release,
  context: StrategyContext,
  match: boolean,
): Promise<Look> {
  const tree = await context.tree(release)
  refuseHostile(config.path, tree)
  const { next, notFollowed } = followed(config.path, tree)
  const isProtected = protection(config.protect)
  const known = await baseOf(now, context)
  const base = known.kind === 'unknown' && match ? await matchingCommit(config, isProtected, context) : known
  const paths = [...new Set([...next.keys(), ...(base.files?.keys() ?? [])])]
  const local = await localFiles(config, context, paths, tree.commit)
  const differences = classify({ base: base.files, next, local, isProtected, localEdits: config.local_edits })
  return { tree, next, base, local, differences, isProtected, notFollowed }
}

/** A tree of unknown origin may be at that commit already: asked only where no record says what it is. */
export async function contains(
  config: FilesConfig,
  now: Installed,
  release: Release,
  context: StrategyContext,
): Promise<boolean> {
  if (now.version !== unknownVersion) return false
  const { differences } = await look(config, now, release, context)
  return differences.every(({ local }) => local === 'protected')
}

/** What `check --list-files` shows. */
export async function notes(
  config: FilesConfig,
  now: Installed,
  release: Release,
  context: StrategyContext,
): Promise<readonly FileNote[]> {
  const { differences } = await look(config, now, release, context)
  return differences.map(({ path, change, local }) => ({ path, change, local }))
}

/** What the record will say of a file that the update leaves as it is. */
export function recordedAs(path: string, to: GitFile, { local, base, isProtected }: Look): BaseFile {
  const there = local.get(path)
  const before = base.files?.get(path)
  const entry = { mode: to.mode, blob: to.blob }
  if (isProtected(path) || there === undefined) return { ...entry, sha256: null }
  if (sameContent(there, to)) {
    const sha256 = there.kind === 'file' ? there.sha256 : null
    const crlf = there.kind === 'file' && ((there.lf === to.blob && there.blob !== to.blob) || before?.crlf === true)
    return { ...entry, sha256, ...(crlf ? { crlf: true } : {}) }
  }
  // Edited, and the release leaves it alone: what was installed is still what it has.
  const same = before?.blob === to.blob && before.mode === to.mode
  return same ? { ...before, ...entry } : { ...entry, sha256: null }
}
