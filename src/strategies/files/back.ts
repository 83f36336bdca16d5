import type { FileChange, FileState } from '../../core/files/change.ts'
import { protection } from '../../core/files/protect.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { GatherFilesStep } from '../../core/plan/step.ts'
import { gapIn, wayBack } from '../../host/file-set/kept.ts'
import { sameContent, stateOf } from '../../host/file-set/state.ts'
import { keptRecordFile } from '../../host/git-objects/record-files.ts'
import { exists } from '../../host/tree/stat.ts'
import type { Installed, KeptVersion, Phases, StrategyContext } from '../../ports/strategy.ts'
import { join } from 'node:path'
import { keptVersions } from './kept.ts'
import type { FilesConfig } from './schema.ts'
import { surplus } from './place.ts'
import { preparedFolders } from './prepared.ts'
import { commands, filesStep, foreign, inPlace, setOf } from './update.ts'
import { listed } from './words.ts'

/** Back to what is kept, one update after the other, without any network. */
export async function planBack(
  config: FilesConfig,
  now: Installed,
  to: KeptVersion,
  context: StrategyContext,
): Promise<Phases | Problem> {
  if (now.state === 'foreign') return foreign(config)
  const all = await keptVersions(config.path, context)
  const chain = all.slice(0, all.findIndex(({ dir }) => dir === to.path) + 1)
  const broken = gapIn(chain, now.version)?.dir ?? null
  if (chain.length === 0 || broken !== null) return noWay(to, broken)
  const changes = wayBack(chain)
  const isProtected = protection(config.protect)
  const edited = changes.filter(({ change }) => isEdited(config.path, change)).map(({ change }) => change.path)
  if (config.local_edits === 'refuse' && edited.length > 0) {
    return problem('E_FILE_CHANGED', `Edited since it was installed: ${listed(edited)}.`, {
      hint: 'Put them back, or set local_edits: keep or overwrite.',
      facts: { paths: edited },
    })
  }
  const left = new Set(config.local_edits === 'keep' ? edited : [])
  const done = changes.filter(({ change }) => !left.has(change.path) && !isProtected(change.path))
  const needBytes = done.reduce((sum, { change }) => sum + sizeOf(change.from) + 2 * sizeOf(change.to), 0)
  const prepared = await preparedFolders(config, context, done.length > 0)
  return {
    ...inPlace(config, now, done.length > 0),
    before: [await gatherStep(config, done, to, context), ...prepared.before],
    stopped: [
      ...prepared.stopped,
      {
        ...(await filesStep(config, now, to.version, needBytes, context)),
        edited: config.local_edits === 'overwrite' ? 'save' : 'refuse',
      },
      ...commands(config, now, done.length > 0),
    ],
    cleanup: [...surplus(now, context), ...prepared.cleanup],
    needBytes,
    warnings: warningsOf([...left], edited),
  }
}

type Gathered = GatherFilesStep['changes'][number]

async function gatherStep(
  config: FilesConfig,
  changes: readonly Gathered[],
  to: KeptVersion,
  context: StrategyContext,
): Promise<GatherFilesStep> {
  const record = keptRecordFile(to.path)
  return {
    kind: 'gather-files',
    phase: 'before',
    detail: `${changes.length} file${changes.length === 1 ? '' : 's'} from ${to.path}`,
    root: config.path,
    set: setOf(context),
    changes,
    record: (await exists(record)) ? record : null,
  }
}

function isEdited(root: string, { path, from, to }: FileChange): boolean {
  const there = stateOf(join(root, path))
  return !sameContent(there, from) && !sameContent(there, to)
}

function noWay(to: KeptVersion, broken: string | null): Problem {
  const why = broken === null ? 'it is not kept any more' : `${broken} is about another version than the one before it`
  return problem('E_NO_WAY_BACK', `There is no whole way back to ${to.version ?? 'that version'}: ${why}.`, {
    hint: 'Name one that is still published: belay rollback NAME --to COMMIT.',
    facts: { path: to.path },
  })
}

function sizeOf(state: FileState | null): number {
  return state?.kind === 'file' ? state.bytes : 0
}

function warningsOf(left: readonly string[], edited: readonly string[]): readonly string[] {
  if (left.length > 0) return [`Edited since it was installed, so kept: ${listed(left)}.`]
  return edited.length > 0 ? [`Edited since it was installed, and replaced: ${listed(edited)}.`] : []
}
