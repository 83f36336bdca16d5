import { type BaseFile, type GitFile, sameContent } from '../../core/files/local.ts'
import { problemOf } from '../../core/model/problem.ts'
import type { Release } from '../../core/model/release.ts'
import { gitHead } from '../../host/git-objects/git-head.ts'
import { readRecord } from '../../host/git-objects/compare.ts'
import type { SourceTree } from '../../ports/source.ts'
import type { Installed, StrategyContext } from '../../ports/strategy.ts'
import { placesOf, unknownVersion } from './layout.ts'
import { followed, localFiles, refuseHostile } from './listing.ts'
import type { FilesConfig } from './schema.ts'

/** What the tree was made from. `record`: as the record says; `commit`: no record, yet it is what that commit has. */
export type Base =
  | { readonly kind: 'record' | 'commit'; readonly commit: string; readonly files: ReadonlyMap<string, BaseFile> }
  | { readonly kind: 'unknown'; readonly commit: null; readonly files: null }
  | { readonly kind: 'absent'; readonly commit: null; readonly files: ReadonlyMap<string, BaseFile> }

const unknown: Base = { kind: 'unknown', commit: null, files: null }
/** Commits that a tree without a record is held against: each costs a request. */
const commitsTried = 5

export async function baseOf(now: Installed, context: StrategyContext): Promise<Base> {
  if (now.tree === null) return { kind: 'absent', commit: null, files: new Map() }
  const record = await readRecord(placesOf(context).record)
  if (record !== null && now.version !== unknownVersion) {
    return { kind: 'record', commit: record.commit, files: new Map(Object.entries(record.files)) }
  }
  return unknown
}

/**
 * The commit that a tree without a record is at, every file of it but the protected ones: tried are the one that a
 * checkout says it is at, and the newest ones. One file that differs, and nobody knows: it may be an edit, or the tree
 * an older commit than any that was tried, whose files must not pass for edits.
 */
export async function matchingCommit(
  config: FilesConfig,
  isProtected: (path: string) => boolean,
  context: StrategyContext,
): Promise<Base> {
  const releases = await context.releases()
  for (const release of candidates(releases, gitHead(config.path)).slice(0, commitsTried)) {
    const tree = await treeOrNull(release, context)
    if (tree === null) continue
    refuseHostile(config.path, tree)
    const { next } = followed(config.path, tree)
    const own = [...next].filter(([path]) => !isProtected(path))
    const local = await localFiles(
      config,
      context,
      own.map(([path]) => path),
      tree.commit,
    )
    const equal = own.every(([path, file]) => sameContent(local.get(path) ?? { kind: 'absent' }, file))
    if (equal) return { kind: 'commit', commit: tree.commit, files: asBase(next) }
  }
  return unknown
}

/** A checkout may be at a commit that was never pushed, or is none of the newest. */
function candidates(releases: readonly Release[], head: string | null): readonly Release[] {
  const [newest] = releases
  const checkedOut = head === null || newest === undefined ? [] : [{ ...newest, tag: head }]
  return [...checkedOut, ...releases.filter(({ tag }) => tag !== head)]
}

async function treeOrNull(release: Release, context: StrategyContext): Promise<SourceTree | null> {
  try {
    return await context.tree(release)
  } catch (error) {
    const { code } = problemOf(error)
    if (code === 'E_NOT_FOUND' || code === 'E_HTTP_STATUS') return null
    throw error
  }
}

function asBase(files: ReadonlyMap<string, GitFile>): ReadonlyMap<string, BaseFile> {
  return new Map([...files].map(([path, { mode, blob }]) => [path, { mode, blob, sha256: null }]))
}
