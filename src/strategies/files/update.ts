import { join } from 'node:path'
import type { Difference } from '../../core/files/classify.ts'
import { fetchWay, type Way } from '../../core/files/fetch-way.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { CommandStep, FetchChange, FilesStep, Step } from '../../core/plan/step.ts'
import { type LadderEntry, ladderFor, type LadderPath, ladderRefusal } from '../../host/file-set/ladder.ts'
import { isWritableDir } from '../../host/tree/places.ts'
import { type Installed, noPhases, type Phases, type StrategyContext } from '../../ports/strategy.ts'
import { placesOf } from './layout.ts'
import { bytesOf, changesOf, recordOf } from './changes.ts'
import { type Look, look } from './look.ts'
import { keptPlace, surplus } from './place.ts'
import { preparedFolders } from './prepared.ts'
import type { FilesConfig } from './schema.ts'
import { refusal, warningsOf } from './words.ts'

const commandTimeoutMs = 60 * 60 * 1000

export async function planUpdate(
  config: FilesConfig,
  now: Installed,
  to: VerifiedRelease,
  context: StrategyContext,
): Promise<Phases | Problem> {
  if (now.state === 'foreign') return foreign(config)
  const seen = await look(config, now, to.release, context, true)
  const refused = refusal(config, seen)
  if (refused !== null) return refused
  const closed = ladderRefusal(config.path, ladderOf(config, now, seen.differences))
  if (closed !== null) return closed
  const changes = changesOf(config, seen)
  const wanted = seen.differences.flatMap(({ path, does }) => (does === 'replace' ? (seen.next.get(path) ?? []) : []))
  const way = fetchWay(wanted, seen.tree.archive === null ? null : [...seen.next.values()])
  const needBytes = bytesOf(way, wanted, seen)
  const step = await filesStep(config, now, to.release.version, needBytes, context)
  const prepared = await preparedFolders(config, context, changes.length > 0)
  return {
    ...inPlace(config, now, changes.length > 0),
    before: [...rootStep(config, now), fetchStep(config, changes, way, seen, context), ...prepared.before],
    stopped: [...prepared.stopped, step, ...commands(config, now, changes.length > 0)],
    cleanup: [...surplus(now, context), ...prepared.cleanup],
    migrate: changes.length > 0 ? config.migrate : [],
    needBytes,
    warnings: warningsOf(seen),
  }
}

/** Whether everything can be written is told now, not in the outage. */
function ladderOf(config: FilesConfig, now: Installed, differences: readonly Difference[]): readonly LadderEntry[] {
  if (now.tree === null) return []
  const paths = differences.flatMap(({ path, does, from, to }): readonly LadderPath[] => {
    if (does === null || (from.kind !== 'file' && from.kind !== 'link' && from.kind !== 'absent')) return []
    const was = from.kind === 'absent' ? null : ({ kind: from.kind } as const)
    return [{ path, from: was, to: to === null ? null : { kind: to.mode === '120000' ? 'link' : 'file' } }]
  })
  return ladderFor(config.path, paths, { helper: config.helper !== undefined, optional: config.optional })
}

/** What every run of the strategy has in common. */
export function inPlace(config: FilesConfig, now: Installed, changes: boolean): Phases {
  return {
    ...noPhases,
    downloads: false,
    stop: changes ? 'always' : 'never',
    migrateIn: config.path,
    // Where the folder is closed the transaction has other ways in, and says so when none helps.
    paths: now.tree === null || isWritableDir(config.path) ? [config.path] : [],
    disk: config.path,
    locks: [`path:${config.path}`],
  }
}

export function foreign(config: FilesConfig): Problem {
  return problem('E_TARGET_FOREIGN', `${config.path} is no folder.`, {
    hint: 'Set strategy.path to the folder of the tree itself, not to a link to it.',
  })
}

/** The file transaction, with the place where it keeps what it replaces. */
export async function filesStep(
  config: FilesConfig,
  now: Installed,
  to: string | null,
  needBytes: number,
  context: StrategyContext,
): Promise<FilesStep> {
  const [program, ...args] = config.helper ?? []
  return {
    kind: 'files',
    phase: 'stopped',
    detail: config.path,
    root: config.path,
    set: setOf(context),
    saved: await keptPlace(config.path, needBytes, context),
    versions: { from: now.version, to },
    owner: now.user,
    helper: program === undefined ? null : [program, ...args],
    optional: config.optional,
    edited: 'refuse',
    record: placesOf(context).record,
  }
}

export function setOf({ runDir }: StrategyContext): string {
  return join(runDir, 'set')
}

/** After the switch and still stopped: the tree that they work on stands only then. */
export function commands(config: FilesConfig, now: Installed, changes: boolean): readonly CommandStep[] {
  if (!changes) return []
  return config.prepare.flatMap(([program, ...args]) =>
    program === undefined
      ? []
      : {
          kind: 'prepare',
          phase: 'stopped',
          detail: [program, ...args].join(' '),
          argv: [program, ...args],
          cwd: config.path,
          user: now.user,
          timeoutMs: commandTimeoutMs,
          restore: [],
        },
  )
}

function rootStep({ path }: FilesConfig, now: Installed): readonly Step[] {
  return now.tree === null ? [{ kind: 'mkdir', phase: 'before', detail: path, paths: [path] }] : []
}

function fetchStep(
  config: FilesConfig,
  changes: readonly FetchChange[],
  way: Way,
  seen: Look,
  context: StrategyContext,
): Step {
  const { tree, next } = seen
  return {
    kind: 'fetch-files',
    phase: 'before',
    detail: detailOf(changes, way),
    source: context.source,
    commit: tree.commit,
    root: config.path,
    set: setOf(context),
    archive: way.by === 'archive' ? tree.archive : null,
    changes,
    attributes: [...next.keys()].filter((path) => /(?:^|\/)\.gitattributes$/.test(path)),
    record: recordOf(seen, context),
  }
}

function detailOf(changes: readonly FetchChange[], way: Way): string {
  const files = `${changes.length} file${changes.length === 1 ? '' : 's'}`
  return way.by === 'archive' ? `${files}, as one archive` : files
}
