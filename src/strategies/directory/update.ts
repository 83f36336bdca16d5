import { basename, dirname, join } from 'node:path'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { Step } from '../../core/plan/step.ts'
import { isMountPoint, isWritableDir } from '../../host/tree/places.ts'
import { exists, statOrNull } from '../../host/tree/stat.ts'
import type { Installed, KeptVersion, Phases, StrategyContext } from '../../ports/strategy.ts'
import { layoutOf } from './inspect.ts'
import { folderName, ofRun, sidecar, slotPaths } from './layout.ts'
import type { DirectoryConfig } from './schema.ts'
import { inSlots, inTwoSlots } from './slots.ts'
import {
  carrySteps,
  failedTrees,
  nothing,
  type Places,
  rehomeSteps,
  surplus,
  syncStep,
  unpackStep,
  unpackedFactor,
} from './steps.ts'
import { planBackInto, planInto } from './transaction.ts'

export async function planUpdate(
  config: DirectoryConfig,
  now: Installed,
  to: VerifiedRelease,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const refused = await refusal(config, now)
  if (refused !== null) return refused
  const blocked = layoutOf(config, now) === 'in-place' ? await inPlaceRefusal(config.path) : null
  if (blocked !== null) return planInto(config, now, to, context, blocked)
  const move = await (layoutOf(config, now) === 'slots' ? slots : inPlace)(config, now, to.release.version, context)
  const phases: Phases = {
    ...nothing(config),
    before: [
      ...(await failedTrees(dirname(move.places.to), move.failedName)),
      unpackStep(to, context, { ...move.places, user: now.user }),
      ...carrySteps(config, now.tree, move.places.to, 'before', 'preserved files'),
    ],
    settle: [...rehomeSteps(config, move.places.to, move.home), syncStep(move.places.to)],
    stopped: [...carrySteps(config, now.tree, move.places.to, 'stopped', 'preserved files, again'), ...move.exchange],
    cleanup: surplus(now, context),
    prepare: config.prepare,
    migrate: config.migrate,
    newTree: move.places.to,
    migrateIn: carriesLast(config, now) ? move.home : null,
    needBytes: (to.artifact.bytes ?? 0) * unpackedFactor,
  }
  if (!inTwoSlots(config)) return phases
  return inSlots(config, now, move.places.to, afterwards(move.exchange), phases, context)
}

/**
 * The last carry brings what the old tree has. Data among it is migrated only where it will be used, after the switch:
 * before, the carry would put the data as they were over what the migration made of a copy.
 */
function carriesLast(config: DirectoryConfig, now: Installed): boolean {
  return config.preserve.length > 0 && now.tree !== null && !inTwoSlots(config)
}

/** With two slots nothing is stopped: `current` follows what people get. */
function afterwards([link]: readonly Step[]): Step {
  if (link === undefined) throw new Error('slots are switched by a link')
  return { ...link, phase: 'after' }
}

export async function planBack(
  config: DirectoryConfig,
  now: Installed,
  to: KeptVersion,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const refused = await refusal(config, now)
  if (refused !== null) return refused
  const inPlace = now.state === 'slots' ? null : await planBackInto(config, now, to, context)
  if (inPlace !== null) return inPlace
  const blocked = now.state === 'slots' ? null : await inPlaceRefusal(config.path)
  if (blocked !== null) return blocked
  const common = { ...nothing(config), cleanup: [], newTree: null }
  const carry = carrySteps(config, now.tree, to.path, 'stopped', 'preserved files, back')
  if (now.state === 'slots') {
    const link = linkStep(config, now, basename(to.path), context)
    if (inTwoSlots(config)) return inSlots(config, now, to.path, afterwards([link]), common, context)
    return { ...common, stopped: [...carry, link] }
  }
  return { ...common, stopped: [...carry, ...(await exchange(config, now, to.path, context))] }
}

/** How the two layouts differ: where the new tree grows, and what puts it in place. */
interface Move {
  readonly places: Places
  /** Where the new tree stands in the end. */
  readonly home: string
  readonly exchange: readonly Step[]
  /** How the names of trees begin that a run failed with. */
  readonly failedName: string
}

async function slots(
  config: DirectoryConfig,
  now: Installed,
  version: string,
  context: StrategyContext,
): Promise<Move> {
  const { releases } = slotPaths(config.path)
  const folder = folderName(version)
  const name = (await exists(join(releases, folder))) ? ofRun(folder, context.run) : folder
  return {
    places: {
      to: join(releases, name),
      building: join(releases, ofRun('.building', context.run)),
      failed: join(releases, ofRun('.failed', context.run)),
    },
    home: join(releases, name),
    exchange: [linkStep(config, now, name, context)],
    failedName: '.failed~',
  }
}

async function inPlace(
  config: DirectoryConfig,
  now: Installed,
  _version: string,
  context: StrategyContext,
): Promise<Move> {
  const side = sidecar(config.path)
  const tree = join(side, ofRun('new', context.run))
  return {
    places: {
      to: tree,
      building: join(side, ofRun('.building', context.run)),
      failed: join(side, ofRun('failed', context.run)),
    },
    home: config.path,
    exchange: await exchange(config, now, tree, context),
    failedName: 'failed~',
  }
}

/** Two renames while stopped: the tree steps aside, the other one takes its name. */
async function exchange(
  config: DirectoryConfig,
  now: Installed,
  tree: string,
  context: StrategyContext,
): Promise<readonly Step[]> {
  const aside = join(sidecar(config.path), ofRun(folderName(now.version), context.run))
  const name = basename(config.path)
  // An empty folder in the way steps aside too: nothing is ever renamed over.
  const there: Step[] = !(await exists(config.path))
    ? []
    : [{ kind: 'rename', phase: 'stopped', detail: `${name} → ${basename(aside)}`, from: config.path, to: aside }]
  return [
    ...there,
    { kind: 'rename', phase: 'stopped', detail: `${basename(tree)} → ${name}`, from: tree, to: config.path },
  ]
}

function linkStep(config: DirectoryConfig, now: Installed, name: string, context: StrategyContext): Step {
  const { link } = slotPaths(config.path)
  const from = now.facts['link']
  return {
    kind: 'link',
    phase: 'stopped',
    detail: `current → releases/${name}`,
    link,
    to: `releases/${name}`,
    from: typeof from === 'string' ? from : null,
    temporary: join(config.path, ofRun('.current', context.run)),
  }
}

/** What must be told before anything is touched. */
async function refusal(config: DirectoryConfig, now: Installed): Promise<Problem | null> {
  const { path } = config
  if (now.state === 'foreign') {
    return problem('E_TARGET_FOREIGN', `${path} is not a folder.`, {
      hint: 'Point strategy.path at the folder of the application.',
    })
  }
  if (config.layout === 'slots' && (now.state === 'adopted' || now.state === 'in-place')) {
    return problem(
      'E_TARGET_FOREIGN',
      `${path} holds a plain tree that the service runs from; slots need it to run from ${slotPaths(path).link}.`,
      {
        hint: `Take it over with "belay adopt", or set layout: in-place.`,
      },
    )
  }
  if (config.layout === 'in-place' && now.state === 'slots') {
    return problem('E_TARGET_FOREIGN', `${path} holds slots (releases/ and current).`, {
      hint: 'Set layout: slots, or turn it into a plain tree with "belay forget".',
    })
  }
  if (inTwoSlots(config) && layoutOf(config, now) === 'in-place') {
    return problem('E_SLOT_UNFIT', `${path} is one plain tree; two versions at once need two.`, {
      hint: 'Take it over into slots with "belay adopt", or leave traffic out.',
    })
  }
  return layoutOf(config, now) === 'slots' && !inTwoSlots(config) ? slotRefusal(config, now) : null
}

/** A unit that runs from the folder itself would never see what `current` points at. */
async function slotRefusal({ path }: DirectoryConfig, now: Installed): Promise<Problem | null> {
  const { link } = slotPaths(path)
  const inside = (now.service?.state.paths ?? []).filter((used) => used === path || used.startsWith(`${path}/`))
  const missed = inside.filter((used) => !used.startsWith(link) && !used.startsWith(slotPaths(path).releases))
  if (inside.length > 0 && missed.length === inside.length) {
    return problem('E_TARGET_FOREIGN', `The service runs from ${missed[0]}, not from ${link}.`, {
      hint: `Let its definition name ${link} instead of ${path}, or set layout: in-place.`,
    })
  }
  return notWritable(await nearest(path), path)
}

/** For whatever renames the folder itself. */
export async function inPlaceRefusal(path: string): Promise<Problem | null> {
  if ((await exists(path)) && isMountPoint(path)) {
    return problem('E_TARGET_MOUNT', `${path} is a mount point and cannot be renamed.`, {
      hint: 'Move the application into a folder inside it, and name that as strategy.path.',
    })
  }
  return notWritable(await nearest(dirname(path)), path)
}

function notWritable(dir: string, path: string): Problem | null {
  if (isWritableDir(dir)) return null
  return problem('E_PARENT_NOT_WRITABLE', `${dir} cannot be written, so ${path} cannot be switched.`, {
    hint: `Run belay as a user who may write ${dir} (check mount options too), or move the application to a folder of its own.`,
    facts: { dir },
  })
}

async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if (at === dirname(at) || (await statOrNull(at))?.isDirectory()) return at
  }
}
