import { basename, join } from 'node:path'
import type { LinkStep, Step } from '../../core/plan/step.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import { ownerFor } from '../../host/git/owner.ts'
import { filesOf } from '../../host/git/tree.ts'
import { exists } from '../../host/tree/stat.ts'
import type { Installed, KeptVersion, Phases, StrategyContext } from '../../ports/strategy.ts'
import { has } from './history.ts'
import { type Scene, slotPaths } from './scene.ts'
import type { GitStrategyConfig } from './schema.ts'
import {
  type At,
  carry,
  fetchStep,
  gitUser,
  nothing,
  type Planning,
  removeTreeStep,
  wantsSubmodules,
  worktreeStep,
} from './steps.ts'

/** A work tree of its own for each version, and a link that is switched by one rename. */
export async function planSlot(planning: Planning, scene: Scene): Promise<Phases | Problem> {
  const { config, now, context, commit, to, cache } = planning
  const { releases, repository } = slotPaths(config.path)
  const refused = runsElsewhere(config, now)
  if (refused !== null) return refused
  const made = await exists(join(repository, 'HEAD'))
  const user = made ? await ownerFor(repository) : gitUser(now.user)
  const files = await filesOf(cache, commit, { signal: context.signal })
  const submodules = wantsSubmodules(config, files)
  const folder = folderName(to.release.version)
  const tree = join(releases, (await exists(join(releases, folder))) ? `${folder}~${context.run}` : folder)
  const current = scene.kind === 'slots' ? scene.checkout.commit : null
  const have = made && current !== null && (await has(cache, current, context.signal)) ? current : null
  return {
    ...nothing(config),
    before: [
      fetchStep(planning, { repository, user, submodules: false, have, create: made ? null : 'bare', tracking: null }),
      worktreeStep(planning, { repository, user, submodules }, tree),
      ...carry(config, now.tree, tree, 'before'),
    ],
    settle: [{ kind: 'sync', phase: 'before', detail: tree, path: tree }],
    stopped: [...carry(config, now.tree, tree, 'stopped'), linkStep(config, now, basename(tree), context)],
    cleanup: surplus(now, context, { repository, user, submodules: false }),
    prepare: config.prepare,
    migrate: config.migrate,
    newTree: tree,
    // The last carry would put the data as they were over what a migration before it made of a copy.
    migrateIn: now.tree !== null && config.preserve.length > 0 ? tree : null,
  }
}

export function backToSlot(
  config: GitStrategyConfig,
  now: Installed,
  to: KeptVersion,
  context: StrategyContext,
): Phases {
  return {
    ...nothing(config),
    stopped: [...carry(config, now.tree, to.path, 'stopped'), linkStep(config, now, basename(to.path), context)],
  }
}

/** Kept trees beyond `keep` go. The version that runs now becomes a kept one: it takes one of the places. */
function surplus(now: Installed, context: StrategyContext, at: At): readonly Step[] {
  const beyond = now.kept.slice(Math.max(0, context.keep - 1))
  return beyond.map(({ path }) => removeTreeStep(at, path))
}

function linkStep(config: GitStrategyConfig, now: Installed, name: string, context: StrategyContext): LinkStep {
  const from = now.facts['link']
  return {
    kind: 'link',
    phase: 'stopped',
    detail: `current → releases/${name}`,
    link: slotPaths(config.path).link,
    to: `releases/${name}`,
    from: typeof from === 'string' ? from : null,
    temporary: join(config.path, `.current~${context.run}`),
  }
}

/** A version as a folder name; anything unusual in a tag is replaced, so that it can never leave the folder. */
function folderName(version: string): string {
  const safe = version.replaceAll(/[^A-Za-z0-9._+-]/g, '_').replace(/^[^A-Za-z0-9]+/, '')
  return safe.slice(0, 100) || 'unknown'
}

/** A unit that runs from the folder itself would never see what `current` points at. */
function runsElsewhere({ path }: GitStrategyConfig, now: Installed): Problem | null {
  const { link, releases } = slotPaths(path)
  const inside = (now.service?.state.paths ?? []).filter((used) => used === path || used.startsWith(`${path}/`))
  const missed = inside.filter((used) => !used.startsWith(link) && !used.startsWith(releases))
  if (inside.length === 0 || missed.length < inside.length) return null
  return problem('E_TARGET_FOREIGN', `The service runs from ${missed[0]}, not from ${link}.`, {
    hint: `Let its definition name ${link} instead of ${path}, or set layout: in-place.`,
  })
}
