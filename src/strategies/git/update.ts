import { join } from 'node:path'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { GitCaches } from '../../host/git/cache.ts'
import type { Checkout } from '../../host/git/checkout.ts'
import { parseRemote } from '../../host/git/remote.ts'
import { runFolder } from '../../host/git/switch/record.ts'
import { compareFiles, filesOf } from '../../host/git/tree.ts'
import type { Installed, Phases, StrategyContext } from '../../ports/strategy.ts'
import { standingOf } from './history.ts'
import { inTheWay, localChanges, otherBranch, ownCommits, trackedData, unready } from './refusals.ts'
import { layoutOf, lookAt, type Scene, tagsIn } from './scene.ts'
import type { GitStrategyConfig } from './schema.ts'
import { planSlot } from './slots.ts'
import {
  carryFiles,
  checkoutStep,
  fetchStep,
  gitUser,
  nothing,
  type Planning,
  rehomeStep,
  removeTreeStep,
  wantsSubmodules,
  worktreeStep,
} from './steps.ts'
import { largeFiles, warningsFor } from './warnings.ts'

const commitId = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

export async function planUpdate(
  caches: GitCaches,
  config: GitStrategyConfig,
  now: Installed,
  to: VerifiedRelease,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const { source, signal } = context
  const remote = source.type === 'git' && typeof source['url'] === 'string' ? parseRemote(source['url']) : null
  const commit = to.artifact.name
  if (remote === null || !commitId.test(commit)) {
    return problem('E_USAGE', `A checkout is brought to a commit, and the source ${source.type} gives none.`, {
      hint: 'Use source: { type: git, url: … }, or the strategy directory.',
    })
  }
  const scene = await lookAt(config, context)
  const refused = misplaced(config, scene)
  if (refused !== null) return refused
  const branch = await followedBranch(caches, remote, context)
  const planning = { config, now, context, to, commit, cache: caches.of(remote), url: remote.url, branch }
  if (layoutOf(config, scene) === 'slots') return planSlot(planning, scene)
  if (scene.kind !== 'in-place') return planFirst(planning)
  const { checkout } = scene
  const files = await filesOf(planning.cache, commit, { signal, about: remote.address })
  const present = checkout.commit === null ? [] : await filesOf(checkout.place, checkout.commit, { signal })
  const { standing, known } = await standingOf(checkout, planning.cache, commit, signal)
  const problems =
    unready(checkout) ??
    otherBranch(checkout, branch) ??
    ownCommits(checkout, standing) ??
    trackedData(config, context.data, [...present, ...files]) ??
    localChanges(config, checkout) ??
    (await inTheWay(config, compareFiles(present, files), present))
  if (problems !== null) return problems
  const submodules = wantsSubmodules(config, [...present, ...files])
  const folder = runFolder(checkout.gitDir, context.run)
  const prepares = config.prepare.length > 0
  const at = { repository: config.path, user: checkout.place.user, submodules }
  return {
    ...nothing(config),
    before: [
      fetchStep(planning, {
        ...at,
        have: known ? checkout.commit : null,
        create: null,
        tracking: trackedBy(checkout, planning),
      }),
      ...(prepares ? [worktreeStep(planning, at, folder.tree), ...(await carryFiles(config, folder.tree))] : []),
    ],
    settle: prepares ? [rehomeStep(config, folder.tree)] : [],
    stopped: [
      checkoutStep(planning, {
        ...at,
        from: checkout.commit,
        branch: checkout.branch,
        exchange: prepares ? { from: folder.tree, paths: config.prepared } : null,
      }),
    ],
    cleanup: prepares ? [removeTreeStep(at, folder.tree)] : [],
    prepare: config.prepare,
    migrate: config.migrate,
    newTree: prepares ? folder.tree : null,
    migrateIn: config.path,
    warnings: warningsFor(config, checkout, standing, files, await largeFiles(checkout, signal)),
  }
}

/** Nothing stands there yet, and it shall be a plain checkout. */
function planFirst(planning: Planning): Phases {
  const { config, commit, now, context, branch } = planning
  const gitDir = join(config.path, '.git')
  const folder = runFolder(gitDir, context.run)
  const prepares = config.prepare.length > 0
  const at = { repository: config.path, user: gitUser(now.user), submodules: config.submodules === true }
  return {
    ...nothing(config),
    before: [
      fetchStep(planning, {
        ...at,
        have: null,
        create: 'checkout',
        tracking: branch === null ? null : `refs/remotes/origin/${branch}`,
      }),
      ...(prepares ? [worktreeStep(planning, at, folder.tree)] : []),
    ],
    settle: prepares ? [rehomeStep(config, folder.tree)] : [],
    stopped: [
      checkoutStep(planning, {
        ...at,
        from: null,
        branch: branch ?? 'main',
        exchange: prepares ? { from: folder.tree, paths: config.prepared } : null,
      }),
    ],
    cleanup: prepares ? [removeTreeStep(at, folder.tree)] : [],
    prepare: config.prepare,
    migrate: config.migrate,
    newTree: prepares ? folder.tree : null,
    migrateIn: config.path,
    warnings: [`${commit.slice(0, 12)} is cloned into ${config.path}.`],
  }
}

function misplaced({ path, layout }: GitStrategyConfig, scene: Scene): Problem | null {
  if (scene.kind === 'foreign') {
    return problem('E_TARGET_FOREIGN', scene.why, {
      hint: 'Point strategy.path at the checkout, or at a folder that is not there yet.',
    })
  }
  if (layout === 'slots' && scene.kind === 'in-place') {
    return problem('E_TARGET_FOREIGN', `${path} is a checkout that the service runs from, not a folder of slots.`, {
      hint: 'Set layout: in-place, or move it away and let the service run from current.',
    })
  }
  if (layout !== 'in-place' || scene.kind !== 'slots') return null
  return problem('E_TARGET_FOREIGN', `${path} holds slots (releases/ and current).`, { hint: 'Set layout: slots.' })
}

/** The branch whose name the config leaves to the server is known once it was asked. */
async function followedBranch(
  caches: GitCaches,
  remote: NonNullable<ReturnType<typeof parseRemote>>,
  { source }: StrategyContext,
): Promise<string | null> {
  if (tagsIn(source['ref']) !== null) return null
  if (typeof source['ref'] === 'string') return source['ref']
  return (await caches.asked(remote, { branch: null }))?.branch ?? null
}

/** Only where the checkout's own remote is the source. */
function trackedBy({ upstream }: Checkout, { branch, url }: Planning): string | null {
  if (upstream === null || branch === null || upstream.branch !== branch || upstream.url === null) return null
  return sameRepository(upstream.url, url) ? `refs/remotes/${upstream.remote}/${branch}` : null
}

function sameRepository(a: string, b: string): boolean {
  const [one, other] = [a, b].map((url) => parseRemote(url)?.address.replace(/(?:\.git)?\/*$/, ''))
  return one !== undefined && one === other
}
