import { join } from 'node:path'
import { type Problem, problem } from '../../core/model/problem.ts'
import { keptRuns } from '../../host/git/tidy.ts'
import { runFolder } from '../../host/git/switch/record.ts'
import { filesOf } from '../../host/git/tree.ts'
import { exists } from '../../host/tree/stat.ts'
import type { Installed, KeptVersion, Phases, StrategyContext } from '../../ports/strategy.ts'
import { localChanges, trackedData, unready } from './refusals.ts'
import { lookAt } from './scene.ts'
import type { GitStrategyConfig } from './schema.ts'
import { backToSlot } from './slots.ts'
import {
  carryFiles,
  checkoutStep,
  nothing,
  rehomeStep,
  removeTreeStep,
  wantsSubmodules,
  worktreeStep,
} from './steps.ts'

/** C5: exactly the commit that an earlier run left, with the folders that were kept of it. Asks nobody. */
export async function planBack(
  config: GitStrategyConfig,
  now: Installed,
  to: KeptVersion,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const scene = await lookAt(config, context)
  if (scene.kind === 'slots') return backToSlot(config, now, to, context)
  if (scene.kind !== 'in-place') return gone(config, to)
  const { checkout } = scene
  const kept = (await keptRuns(checkout.gitDir)).find(({ folder }) => folder.dir === to.path)
  const commit = kept?.record.from ?? null
  if (kept === undefined || commit === null) return gone(config, to)
  const { signal } = context
  const files = await filesOf(checkout.place, commit, { signal })
  const present = checkout.commit === null ? [] : await filesOf(checkout.place, checkout.commit, { signal })
  const refused = unready(checkout) ?? trackedData(config, context.data, files) ?? localChanges(config, checkout)
  if (refused !== null) return refused
  const paths = kept.record.exchanged.filter(({ had }) => had).map(({ path }) => path)
  const whole = (await Promise.all(paths.map((path) => exists(join(kept.folder.kept, path))))).every(Boolean)
  const folder = runFolder(checkout.gitDir, context.run)
  const anew = !whole && config.prepare.length > 0
  const at = {
    repository: config.path,
    user: checkout.place.user,
    submodules: wantsSubmodules(config, [...present, ...files]),
  }
  const exchange = anew
    ? { from: folder.tree, paths: config.prepared }
    : paths.length > 0 && whole
      ? { from: kept.folder.kept, paths }
      : null
  return {
    ...nothing(config),
    before: anew ? [worktreeStep({ commit }, at, folder.tree), ...(await carryFiles(config, folder.tree))] : [],
    settle: anew ? [rehomeStep(config, folder.tree)] : [],
    stopped: [checkoutStep({ config, commit }, { ...at, from: checkout.commit, branch: checkout.branch, exchange })],
    cleanup: anew ? [removeTreeStep(at, folder.tree)] : [],
    prepare: anew ? config.prepare : [],
    newTree: anew ? folder.tree : null,
  }
}

function gone({ path }: GitStrategyConfig, { version }: KeptVersion): Problem {
  return problem('E_NO_WAY_BACK', `${version ?? 'That commit'} is not kept in ${path} any more.`, {
    hint: 'Name one that the source still lists: belay rollback NAME --to COMMIT.',
  })
}
