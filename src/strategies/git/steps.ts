import { basename, join } from 'node:path'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { CarryStep, GitCheckoutStep, GitFetchStep, GitWorktreeStep, Step } from '../../core/plan/step.ts'
import type { Place } from '../../host/git/run.ts'
import { submoduleMode } from '../../host/git/tree.ts'
import { lstatOrNull } from '../../host/tree/stat.ts'
import { type Installed, noPhases, type Phases, type StrategyContext } from '../../ports/strategy.ts'
import { tagsIn } from './scene.ts'
import type { GitStrategyConfig } from './schema.ts'

/** What every plan is made from. */
export interface Planning {
  readonly config: GitStrategyConfig
  readonly now: Installed
  readonly context: StrategyContext
  readonly to: VerifiedRelease
  readonly commit: string
  readonly cache: Place
  readonly url: string
  readonly branch: string | null
}

export function wantsSubmodules(
  { submodules }: GitStrategyConfig,
  files: readonly { readonly mode: string }[],
): boolean {
  return submodules === 'auto' ? files.some(({ mode }) => mode === submoduleMode) : submodules
}

export type At = Pick<GitFetchStep, 'repository' | 'user' | 'submodules'>

export function fetchStep(
  { context, to, commit, url, branch }: Planning,
  more: At & Pick<GitFetchStep, 'have' | 'create' | 'tracking'>,
): GitFetchStep {
  const { keep, source } = context
  return {
    kind: 'git-fetch',
    phase: 'before',
    detail: `${commit.slice(0, 12)} ${to.release.title ?? ''}`.trim(),
    source,
    artifact: to.artifact,
    commit,
    tag: tagsIn(source['ref']) === null ? null : to.release.tag,
    origin: { url, branch },
    keep,
    ...more,
  }
}

export function worktreeStep({ commit }: Pick<Planning, 'commit'>, at: At, path: string): GitWorktreeStep {
  return {
    kind: 'git-worktree',
    phase: 'before',
    detail: `${commit.slice(0, 12)} → ${basename(path)}`,
    ...at,
    commit,
    path,
  }
}

/** What prepare made beside is told where it will stand. */
export function rehomeStep({ path }: GitStrategyConfig, tree: string): Step {
  return { kind: 'rehome', phase: 'before', detail: `what was prepared, for ${path}`, tree, to: path }
}

/** A work tree that nobody needs any more. */
export function removeTreeStep(at: At, path: string): GitWorktreeStep {
  return { kind: 'git-worktree', phase: 'cleanup', detail: basename(path), ...at, commit: null, path }
}

export function checkoutStep(
  { config, commit }: Pick<Planning, 'config' | 'commit'>,
  more: At & Pick<GitCheckoutStep, 'from' | 'branch' | 'exchange'>,
): GitCheckoutStep {
  const from = more.from?.slice(0, 12) ?? 'nothing'
  return {
    kind: 'git-checkout',
    phase: 'stopped',
    detail: `${from} → ${commit.slice(0, 12)}${more.branch === null ? '' : ` (${more.branch})`}`,
    ...more,
    to: commit,
    local: config.local_changes,
    preserve: config.preserve,
  }
}

/** What the user owns in a tree goes along into the other one. */
export function carry(
  { preserve }: GitStrategyConfig,
  from: string | null,
  to: string,
  phase: CarryStep['phase'],
): readonly Step[] {
  if (from === null || preserve.length === 0) return []
  return [{ kind: 'carry', phase, detail: `preserved files: ${preserve.join(', ')}`, from, to, patterns: preserve }]
}

const carriedBytesMax = 1024 * 1024

/**
 * Single files that are preserved by name, such as `.env`, go along to where prepare works. Folders do not: uploads stand
 * where they are, and may be larger than the disk has room for twice.
 */
export async function carryFiles(config: GitStrategyConfig, to: string): Promise<readonly Step[]> {
  const preserve: string[] = []
  for (const name of config.preserve) {
    const found = await lstatOrNull(join(config.path, name))
    if (found?.isFile() === true && found.size <= carriedBytesMax) preserve.push(name)
  }
  return carry({ ...config, preserve }, config.path, to, 'before')
}

/** Git writes as the tree's user where that is somebody else. */
export function gitUser(user: string | null): string | null {
  return process.getuid?.() === 0 ? user : null
}

export function nothing(config: GitStrategyConfig): Phases {
  return { ...noPhases, downloads: false, paths: [config.path], locks: [`path:${config.path}`] }
}
