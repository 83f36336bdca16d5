import { join } from 'node:path'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { FilesStep, RemoveStep } from '../../core/plan/step.ts'
import { gapIn, keptIn, keptName, wayBack } from '../../host/file-set/kept.ts'
import {
  ladderFor,
  type LadderEntry,
  type LadderPath,
  ladderRefusal,
  ladderWarnings,
} from '../../host/file-set/ladder.ts'
import { matchGlobs } from '../../host/tree/globs.ts'
import { isWritableDir } from '../../host/tree/places.ts'
import { walk } from '../../host/tree/walk.ts'
import type { Installed, KeptVersion, Phases, StrategyContext } from '../../ports/strategy.ts'
import { isFolder } from './inspect.ts'
import { keptFilesOf, ofRun } from './layout.ts'
import type { DirectoryConfig } from './schema.ts'
import {
  carrySteps,
  failedTrees,
  nothing,
  rehomeSteps,
  surplus,
  syncStep,
  unpackStep,
  unpackedFactor,
} from './steps.ts'

/**
 * In place where the folder itself cannot be renamed: its parent is closed, or it is a mount point. The new tree is
 * completed elsewhere, and a file transaction makes the old one equal to it. No folder that is there is removed (W7).
 */

/** Never part of the application, whatever a release has. */
const untouched: readonly string[] = ['.belay', '.git', '.update_backups']

/** `blocked`: why the folder cannot be renamed; it stays the answer where nothing can be written either. */
export async function planInto(
  config: DirectoryConfig,
  now: Installed,
  to: VerifiedRelease,
  context: StrategyContext,
  blocked: Problem,
): Promise<Phases | Problem> {
  const ladder = await climb(config, context, blocked)
  if ('code' in ladder) return ladder
  const { dir, inTree } = stagingOf(config, now, context)
  const newTree = join(dir, ofRun('new', context.run))
  const places = {
    to: newTree,
    building: join(dir, ofRun('.building', context.run)),
    failed: join(dir, ofRun('failed', context.run)),
  }
  return {
    ...inTheTree(config),
    before: [
      ...(await failedTrees(dir, 'failed~')),
      unpackStep(to, context, { ...places, user: now.user }),
      ...carrySteps(config, now.tree, newTree, 'before', 'preserved files'),
    ],
    settle: [
      ...rehomeSteps(config, newTree, config.path),
      syncStep(newTree),
      {
        kind: 'tree-diff',
        phase: 'before',
        detail: `${config.path} against the new tree`,
        from: newTree,
        root: config.path,
        set: setOf(context),
        protect: untouched,
        keep: config.preserve,
        helper: config.helper !== undefined,
        optional: config.optional,
      },
    ],
    stopped: [filesStep(config, now, to.release.version, context)],
    cleanup: [...surplus(now, context), ...(inTree ? [removeStep(dir)] : [])],
    prepare: config.prepare,
    migrate: config.migrate,
    newTree,
    migrateIn: config.path,
    needBytes: (to.artifact.bytes ?? 0) * unpackedFactor * 2,
    warnings: ladderWarnings(ladder),
  }
}

/** null: that version is not kept as files. */
export async function planBackInto(
  config: DirectoryConfig,
  now: Installed,
  to: KeptVersion,
  context: StrategyContext,
): Promise<Phases | Problem | null> {
  const all = await keptIn(keptFilesOf(context), config.path)
  const chain = all.slice(0, all.findIndex(({ dir }) => dir === to.path) + 1)
  if (chain.length === 0) return null
  const broken = gapIn(chain, now.version)
  if (broken !== null) {
    return problem('E_NO_WAY_BACK', `${broken.dir} is about another version than the one before it.`, {
      hint: 'Name a version that is still published: belay rollback NAME --to VERSION.',
      facts: { path: broken.dir },
    })
  }
  const stays = matchGlobs([...untouched, ...config.preserve])
  const changes = wayBack(chain).filter(({ change }) => !stays(change.path))
  const ladder = ladderFor(
    config.path,
    changes.map(({ change }) => change),
    options(config),
  )
  const refused = ladderRefusal(config.path, ladder)
  if (refused !== null) return refused
  return {
    ...inTheTree(config),
    before: [
      {
        kind: 'gather-files',
        phase: 'before',
        detail: `${changes.length} files from ${to.path}`,
        root: config.path,
        set: setOf(context),
        changes,
        record: null,
      },
    ],
    stopped: [filesStep(config, now, to.version, context)],
    cleanup: surplus(now, context),
    warnings: ladderWarnings(ladder),
  }
}

function inTheTree(config: DirectoryConfig): Phases {
  const usual = nothing(config)
  // Where the folder is closed the transaction has other ways in, and says so when none helps.
  return isWritableDir(config.path) ? usual : { ...usual, paths: [] }
}

/**
 * The new tree grows in the run's own folder, unless the programs that complete it run as somebody who cannot come
 * there: then it does in the tree, on the way out of everybody's sight.
 */
function stagingOf(config: DirectoryConfig, now: Installed, context: StrategyContext) {
  const inTree = process.getuid?.() === 0 && now.user !== null
  return { dir: inTree ? join(config.path, '.belay') : join(context.runDir, 'tree'), inTree }
}

function setOf({ runDir }: StrategyContext): string {
  return join(runDir, 'set')
}

function filesStep(config: DirectoryConfig, now: Installed, to: string | null, context: StrategyContext): FilesStep {
  const [program, ...args] = config.helper ?? []
  return {
    kind: 'files',
    phase: 'stopped',
    detail: config.path,
    root: config.path,
    set: setOf(context),
    saved: join(keptFilesOf(context), keptName(new Date(), context.run)),
    versions: { from: now.version, to },
    owner: now.user,
    helper: program === undefined ? null : [program, ...args],
    optional: config.optional,
    // As with a tree that steps aside: whatever is there is kept, and is not in the way.
    edited: 'save',
    record: null,
  }
}

function removeStep(path: string): RemoveStep {
  return { kind: 'remove', phase: 'cleanup', detail: path, path }
}

function options(config: DirectoryConfig) {
  return { helper: config.helper !== undefined, optional: config.optional }
}

/** What a release will bring is not known yet: every file that is there must be able to become another one. */
async function climb(
  config: DirectoryConfig,
  { signal }: StrategyContext,
  blocked: Problem,
): Promise<readonly LadderEntry[] | Problem> {
  const { path } = config
  if (!(await isFolder(path))) return blocked
  const asked: LadderPath[] = []
  for await (const entry of walk(path, { exclude: matchGlobs([...untouched, ...config.preserve]), signal })) {
    const kind = entry.kind === 'file' || entry.kind === 'link' ? entry.kind : null
    if (kind !== null) asked.push({ path: entry.path, from: { kind }, to: { kind } })
  }
  const ladder = ladderFor(path, asked, options(config))
  const none = ladder.every(({ rung }) => rung === 'refused' || rung === 'skip')
  if (none && !isWritableDir(path) && config.helper === undefined) return blocked
  return ladderRefusal(path, ladder) ?? ladder
}
