import type { Release } from '../../core/model/release.ts'
import type { GitCaches } from '../../host/git/cache.ts'
import { parseRemote } from '../../host/git/remote.ts'
import { compareFiles, filesOf, type TreeChange } from '../../host/git/tree.ts'
import { matchGlobs } from '../../host/tree/globs.ts'
import type { FileNote, StrategyContext } from '../../ports/strategy.ts'
import { lookAt } from './scene.ts'
import type { GitStrategyConfig } from './schema.ts'

/** What an update to that release would touch, told from the two trees alone. */
export async function filesTouched(
  caches: GitCaches,
  config: GitStrategyConfig,
  release: Release,
  context: StrategyContext,
): Promise<readonly FileNote[]> {
  const { url } = context.source
  const remote = typeof url === 'string' ? parseRemote(url) : null
  const commit = release.artifact?.name
  if (remote === null || commit === undefined) return []
  const scene = await lookAt(config, context)
  const checkout = scene.kind === 'in-place' || scene.kind === 'slots' ? scene.checkout : null
  const { signal } = context
  const [before, after] = await Promise.all([
    checkout === null || checkout.commit === null ? [] : filesOf(checkout.place, checkout.commit, { signal }),
    filesOf(caches.of(remote), commit, { signal, about: remote.address }),
  ])
  const edited = new Set(checkout?.changes.map(({ path }) => path))
  const preserved = matchGlobs(config.preserve)
  return compareFiles(before, after).map((change) => ({
    path: change.path,
    change: changeOf(change),
    local: preserved(change.path) ? 'protected' : edited.has(change.path) ? 'edited' : 'clean',
  }))
}

function changeOf({ from, to }: TreeChange): FileNote['change'] {
  if (from === null) return 'added'
  if (to === null) return 'removed'
  return from.id === to.id ? 'mode' : 'changed'
}
