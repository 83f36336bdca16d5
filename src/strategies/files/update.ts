import { join } from 'node:path'
import type { Difference } from '../../core/files/classify.ts'
import { fetchWay, type Way } from '../../core/files/fetch-way.ts'
import { type BaseFile, isClean, isCrlf, type LocalFile } from '../../core/files/local.ts'
import { treeEol } from '../../core/files/tree-eol.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { VerifiedRelease } from '../../core/model/release.ts'
import type { CommandStep, FetchChange, FilesStep, RecordChange, SeenFile, Step } from '../../core/plan/step.ts'
import { isWritableDir } from '../../host/tree/places.ts'
import { type Installed, noPhases, type Phases, type StrategyContext } from '../../ports/strategy.ts'
import { placesOf } from './layout.ts'
import { type Look, look, recordedAs } from './look.ts'
import { keptPlace, surplus } from './place.ts'
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
  const changes = changesOf(config, seen)
  const wanted = seen.differences.flatMap(({ path, does }) => (does === 'replace' ? (seen.next.get(path) ?? []) : []))
  const way = fetchWay(wanted, seen.tree.archive === null ? null : [...seen.next.values()])
  const needBytes = bytesOf(way, wanted, seen)
  const step = await filesStep(config, now, to.release.version, needBytes, context)
  return {
    ...inPlace(config, now, changes.length > 0),
    before: [...rootStep(config, now), fetchStep(config, changes, way, seen, context)],
    stopped: [step, ...commands(config, now, changes.length > 0)],
    cleanup: surplus(now, context),
    migrate: changes.length > 0 ? config.migrate : [],
    needBytes,
    warnings: warningsOf(seen),
  }
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

function changesOf({ line_endings: endings }: FilesConfig, seen: Look): readonly FetchChange[] {
  const { differences, tree, next, base, local } = seen
  const known = base.files ?? withoutSums(seen)
  const treeIs = treeEol(known, local)
  const crlfAt = (path: string): boolean => {
    if (endings !== 'auto') return endings === 'crlf'
    const [there, before] = [local.get(path), known.get(path)]
    return there?.kind === 'file' && before !== undefined && isClean(there, before)
      ? isCrlf(there, before)
      : treeIs === 'crlf'
  }
  return differences.flatMap(({ path, does, from }) => {
    if (does === null) return []
    const entry = next.get(path)
    const to = entry === undefined ? null : { mode: entry.mode, blob: entry.blob, file: tree.file({ ...entry, path }) }
    return [{ path, from: seenFile(from), to, crlf: crlfAt(path) }]
  })
}

/** The commit to come to, as what the tree may have been made from: what is equal tells how it was checked out. */
function withoutSums({ next }: Look): ReadonlyMap<string, BaseFile> {
  return new Map([...next].map(([path, { mode, blob }]) => [path, { mode, blob, sha256: null }]))
}

function seenFile(from: LocalFile): SeenFile {
  if (from.kind === 'file') return { sha256: from.sha256 }
  return from.kind === 'link' ? { link: from.target } : null
}

/** Only what the record does not say already: a plan is read by people, and kept. */
function recordOf(seen: Look, context: StrategyContext): RecordChange {
  const { base, next, differences } = seen
  const comes = new Set(differences.flatMap(({ path, does }: Difference) => (does === 'replace' ? [path] : [])))
  const known = base.kind === 'record' ? base.files : new Map<string, BaseFile>()
  const files: (readonly [string, BaseFile | null])[] = []
  for (const [path, to] of next) {
    if (comes.has(path)) continue
    const file = recordedAs(path, to, seen)
    if (!sameEntry(known.get(path), file)) files.push([path, file])
  }
  for (const path of known.keys()) if (!next.has(path)) files.push([path, null])
  return { path: placesOf(context).record, base: base.kind === 'record' ? base.commit : null, files }
}

function sameEntry(a: BaseFile | undefined, b: BaseFile): boolean {
  return a !== undefined && a.blob === b.blob && a.mode === b.mode && a.sha256 === b.sha256 && a.crlf === b.crlf
}

/** What comes, twice where it is unpacked first, and the room for what it replaces. */
function bytesOf(way: Way, wanted: readonly { readonly bytes: number | null }[], { differences }: Look): number {
  const fresh = wanted.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  const old = differences.reduce(
    (sum, { from, does }) => sum + (does !== null && from.kind === 'file' ? from.bytes : 0),
    0,
  )
  return 2 * fresh + old + (way.by === 'archive' ? 4 * way.bytes : 0)
}
