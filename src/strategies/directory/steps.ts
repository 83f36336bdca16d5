import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { CarryStep, RemoveStep, Step } from '../../core/plan/step.ts'
import { type Installed, noPhases, type Phases, type StrategyContext } from '../../ports/strategy.ts'
import type { DirectoryConfig } from './schema.ts'

/** A release archive usually unpacks to about three times its size; the plan says what it needs before it is known. */
export const unpackedFactor = 4

/** Where a new tree grows, where it stands when it is whole, and where it goes when its run fails. */
export interface Places {
  readonly to: string
  readonly building: string
  readonly failed: string
}

export function unpackStep(
  to: VerifiedRelease,
  context: StrategyContext,
  places: Places & { readonly user: string | null },
): Step {
  return {
    kind: 'unpack',
    phase: 'before',
    detail: `${to.artifact.name} → ${places.to}`,
    archive: join(context.runDir, 'artifact'),
    archiveName: to.artifact.name,
    ...places,
  }
}

/** Environments that were made in a tree which moves would name a folder that is gone. */
export function rehomeSteps({ prepare }: DirectoryConfig, tree: string, to: string): readonly Step[] {
  if (prepare.length === 0 || tree === to) return []
  return [{ kind: 'rehome', phase: 'before', detail: `what was prepared, for ${to}`, tree, to }]
}

export function syncStep(path: string): Step {
  return { kind: 'sync', phase: 'before', detail: path, path }
}

export function carrySteps(
  config: DirectoryConfig,
  from: string | null,
  to: string,
  phase: 'before' | 'stopped',
  detail: string,
): readonly CarryStep[] {
  if (from === null || config.preserve.length === 0) return []
  return [
    { kind: 'carry', phase, detail: `${detail}: ${config.preserve.join(', ')}`, from, to, patterns: config.preserve },
  ]
}

/**
 * What earlier runs failed with goes before a new tree is unpacked: an update that fails every night must not fill the
 * disk with what it leaves to be looked at.
 */
export async function failedTrees(dir: string, failedName: string): Promise<readonly RemoveStep[]> {
  const names = await readdir(dir).catch(() => [])
  const failed = names.filter((name) => name.startsWith(failedName))
  return failed.map((name) => removeStep(join(dir, name), 'before'))
}

/** Kept trees beyond `keep` go. The version that runs now becomes a kept one: it takes one of the places. */
export function surplus(now: Installed, context: StrategyContext): readonly RemoveStep[] {
  return now.kept.slice(Math.max(0, context.keep - 1)).map((kept) => removeStep(kept.path, 'cleanup'))
}

function removeStep(path: string, phase: 'before' | 'cleanup'): RemoveStep {
  return { kind: 'remove', phase, detail: path, path }
}

export function nothing(config: DirectoryConfig): Phases {
  return { ...noPhases, paths: [config.path], moves: [config.path], locks: [`path:${config.path}`] }
}
