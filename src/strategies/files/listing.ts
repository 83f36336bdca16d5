import type { GitFile, LocalFile } from '../../core/files/local.ts'
import { listingFault } from '../../core/files/paths.ts'
import { fail } from '../../core/model/problem.ts'
import { formatOfId } from '../../host/git-objects/blob-id.ts'
import { attributesIn } from '../../host/git-objects/commit-files.ts'
import { foldsCase } from '../../host/git-objects/folds-case.ts'
import { readLocalTree } from '../../host/git-objects/local-tree.ts'
import type { SourceTree, TreeEntry } from '../../ports/source.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import { placesOf } from './layout.ts'
import type { FilesConfig } from './schema.ts'

export function localFiles(
  { path }: Pick<FilesConfig, 'path'>,
  context: StrategyContext,
  paths: readonly string[],
  commit: string,
): Promise<ReadonlyMap<string, LocalFile>> {
  return readLocalTree({
    root: path,
    paths,
    format: formatOfId(commit),
    cacheFile: placesOf(context).stats,
    full: false,
    expected: () => null,
    signal: context.signal,
  })
}

/** Whoever may push names the paths: one that is hostile makes the whole commit suspect (H7). */
export function refuseHostile(root: string, { commit, entries }: SourceTree): void {
  const found = listingFault(
    entries.map(({ path }) => path),
    foldsCase(root),
  )
  if (found === null) return
  throw fail(
    'E_PATH_INVALID',
    `Commit ${commit.slice(0, 12)} is refused: the path ${JSON.stringify(found.path)} ${found.fault}.`,
    {
      hint: 'Nothing was changed. Nobody publishes such a path by mistake: look at the repository before anything else.',
      facts: { path: found.path, commit },
    },
  )
}

export interface NotFollowed {
  readonly path: string
  readonly why: 'submodule' | 'converted'
}

export interface Followed {
  /** What of a commit is followed, by path. */
  readonly next: ReadonlyMap<string, Entry>
  readonly notFollowed: readonly NotFollowed[]
}

export type Entry = GitFile & Pick<TreeEntry, 'path' | 'bytes'>

/** Submodules have no content here; of what a filter or an encoding changes, git has something else than the disk. */
export function followed(root: string, { entries }: SourceTree): Followed {
  const lists = entries.flatMap(({ path }) => (/(?:^|\/)\.gitattributes$/.test(path) ? [path] : []))
  const attributes = attributesIn(root, lists, new Map())
  const next = new Map<string, Entry>()
  const notFollowed: NotFollowed[] = []
  for (const { path, mode, blob, bytes } of entries) {
    if (mode === '160000') notFollowed.push({ path, why: 'submodule' })
    else if (attributes(path).converted !== null) notFollowed.push({ path, why: 'converted' })
    else next.set(path, { path, mode, blob, bytes })
  }
  return { next, notFollowed }
}
