import { basename, dirname, join } from 'node:path'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { ServiceRef, Step } from '../../core/plan/step.ts'
import { exists } from '../../host/tree/stat.ts'
import type { Relocation } from '../../ports/service.ts'
import type { Installed, Phases, StrategyContext } from '../../ports/strategy.ts'
import { folderName, keptFilesOf, ofRun, sidecar, slotPaths } from './layout.ts'
import type { DirectoryConfig } from './schema.ts'
import { nothing } from './steps.ts'
import { inPlaceRefusal } from './update.ts'

/**
 * A plain tree becomes the first slot: PATH steps aside, PATH/releases/<version> takes it in, `current` points there, and
 * a drop-in lets the service run from `current`. All of it while stopped, all of it undone when the service does not
 * come up healthy.
 */
export async function planAdopt(
  config: DirectoryConfig,
  now: Installed,
  context: StrategyContext,
): Promise<Phases | Problem> {
  if (now.tree === null || (now.state !== 'adopted' && now.state !== 'in-place')) {
    return problem(
      'E_USAGE',
      now.state === 'slots' ? `${config.path} has slots already.` : `There is no tree at ${config.path} to adopt.`,
      {
        hint: now.state === 'slots' ? 'Nothing is left to do.' : `Install it: belay update ${context.component}.`,
      },
    )
  }
  const refused = await inPlaceRefusal(config.path)
  if (refused !== null) return refused
  const { releases, link } = slotPaths(config.path)
  const slot = folderName(now.version)
  const parked = join(sidecar(config.path), ofRun('adopt', context.run))
  return {
    ...nothing(config),
    movesTo: link,
    stopped: [
      rename(config.path, parked, 'the tree steps aside'),
      { kind: 'mkdir', phase: 'stopped', detail: releases, paths: [config.path, releases] },
      rename(parked, join(releases, slot), `releases/${slot}`),
      {
        kind: 'link',
        phase: 'stopped',
        detail: `current → releases/${slot}`,
        link,
        to: `releases/${slot}`,
        from: null,
        temporary: join(config.path, ofRun('.current', context.run)),
      },
      ...(await relocate(now, { from: config.path, to: link }, context)),
    ],
    cleanup: [],
  }
}

/** The other way round: what `current` points at becomes the plain tree again, and what was written beside it goes. */
export async function planForget(
  config: DirectoryConfig,
  now: Installed,
  context: StrategyContext,
): Promise<Phases | Problem> {
  if (now.tree === null) {
    return problem('E_NOT_INSTALLED', `${context.component} is not installed at ${config.path}.`, {
      hint: 'There is nothing to release.',
    })
  }
  const unguard = now.service === null ? [] : [unguardStep(now.service.ref)]
  if (now.state !== 'slots') {
    const files = keptFilesOf(context)
    const kept = [sidecar(config.path), ...((await exists(files)) ? [files] : [])]
    const removes = kept.map((path): Step => ({ kind: 'remove', phase: 'cleanup', detail: path, path }))
    return { ...nothing(config), stop: 'never', cleanup: [...unguard, ...removes] }
  }
  const refused = await inPlaceRefusal(config.path)
  if (refused !== null) return refused
  const { releases, link } = slotPaths(config.path)
  const slot = basename(now.tree)
  const shell = join(dirname(config.path), `.${basename(config.path)}.${ofRun('forget', context.run)}`)
  const parked = join(dirname(config.path), `.${basename(config.path)}.${ofRun('tree', context.run)}`)
  return {
    ...nothing(config),
    movesTo: config.path,
    stopped: [
      rename(join(releases, slot), parked, `releases/${slot} steps out`),
      rename(config.path, shell, 'the slots step aside'),
      rename(parked, config.path, config.path),
      ...(await relocate(now, null, context)),
    ],
    cleanup: [...unguard, { kind: 'remove', phase: 'cleanup', detail: `${link} and the kept releases`, path: shell }],
  }
}

function rename(from: string, to: string, detail: string): Step {
  return { kind: 'rename', phase: 'stopped', detail, from, to }
}

function unguardStep(service: ServiceRef): Step {
  return { kind: 'unguard', phase: 'cleanup', detail: 'belay-resume.service', service }
}

async function relocate(
  now: Installed,
  move: { readonly from: string; readonly to: string } | null,
  context: StrategyContext,
): Promise<readonly Step[]> {
  if (now.service === null) return []
  const file: Relocation | null = await context.relocation(now.service.ref, move)
  if (file === null) return []
  return [
    {
      kind: 'write',
      phase: 'stopped',
      detail: file.path,
      path: file.path,
      content: file.content,
      previous: file.previous,
      mode: 0o644,
      temporary: join(dirname(file.path), ofRun('.belay', context.run)),
      reload: now.service.ref,
    },
  ]
}
