import { join } from 'node:path'
import { fail } from '../../../core/model/problem.ts'
import { syncTree } from '../../tree/sync.ts'
import { exists } from '../../tree/stat.ts'
import { matchGlobs } from '../../tree/globs.ts'
import { lookAtCheckout } from '../checkout.ts'
import { lockedBy } from '../failures.ts'
import { filesAs } from '../owner.ts'
import { gitLine, gitText, type GitOptions } from '../run.ts'
import { changesBetween, filesOf, type TreeChange } from '../tree.ts'
import { bring, indexFor, type Worker } from './bring.ts'
import { exchange, type Exchange, readyFolders } from './exchange.ts'
import { endLeftovers, publishIndex, removeOwnIndexLock, removeOwnLocks } from './locks.ts'
import { collisions, movedBy } from './paths.ts'
import { readRecord, refs, runFolder, type SwitchRecord } from './record.ts'
import { dropStash, snapshot, stashCommit, storeStash } from './stash.ts'
import { leaveSubmodules, undoSubmodules, updateSubmodules } from './submodules.ts'

/** What a switch of a work tree is told. All of it stands in the step. */
export interface Switch {
  readonly path: string
  readonly user: string | null
  readonly run: string
  readonly from: string | null
  readonly to: string
  /** null: detached, and stays so. */
  readonly branch: string | null
  readonly local: 'refuse' | 'stash'
  readonly preserve: readonly string[]
  readonly submodules: boolean
  readonly exchange: Exchange | null
}

export interface Switched {
  readonly files: number
  readonly stash: string | null
}

/** What programs of this run are known by: a git that outlives belay is found by it. */
export function markOf({ run, path }: { readonly run: string; readonly path: string }): string {
  return `${run}:${path}`
}

/**
 * Moves a work tree from one commit to another, with the branch it is on. Everything that is needed to put it back as it
 * was, local changes and the index included, is written down and kept from being swept away before the first file changes;
 * from there on every act can be repeated and turned round, whatever a kill left.
 */
export async function switchTree(step: Switch, signal: AbortSignal): Promise<Switched> {
  const worker = await workerFor(step, signal)
  await endLeftovers(markOf(step))
  await removeOwnIndexLock(worker.gitDir, worker.folder, worker.files)
  const record = (await readRecord(worker.folder)) ?? (await begin(step, worker))
  await removeOwnLocks(worker.gitDir, worker.folder, record, worker.files)
  if (record.stash !== null) await storeStash(worker, record.stash, stashMessage(step))
  const changes = await changesOf(worker, step, record)
  if (step.submodules) await leaveSubmodules(worker, step.from, step.to, matchGlobs(step.preserve))
  await bring(worker, changes, 'to')
  if (step.exchange !== null) await exchange(worker, record, step.exchange.from, 'forward')
  await publishIndex(worker.gitDir, await indexFor(worker, step.to, 'next'), worker.files)
  await moveHead(worker, step, record, 'to')
  if (step.submodules) await updateSubmodules(worker)
  await syncTree(step.path)
  await worker.files.write(worker.folder.done, '')
  return { files: changes.length, stash: record.stash }
}

/** Back to what the record says, from wherever it stands. Nothing happens where there is none. */
export async function switchBack(step: Switch, signal: AbortSignal): Promise<void> {
  if (!(await exists(join(step.path, '.git')))) return
  const worker = await workerFor(step, signal)
  const { folder, files, place, gitDir, options } = worker
  await endLeftovers(markOf(step))
  await removeOwnIndexLock(gitDir, folder, files)
  const record = await readRecord(folder)
  if (record === null) return files.remove(folder.record, folder.indexBefore, folder.kept)
  await removeOwnLocks(gitDir, folder, record, files)
  await refuseForeignHead(worker, step, record)
  const changes = await changesOf(worker, step, record)
  if (await exists(folder.done)) {
    await keepLaterEdits(worker, step, changes)
    // From here on, what differs from the new version is our own doing.
    await files.remove(folder.done)
  }
  if (step.submodules) await undoSubmodules(worker, step.from, step.to, 'before')
  await bring(worker, changes, 'from')
  if (step.exchange !== null) await exchange(worker, record, step.exchange.from, 'back')
  await publishIndex(gitDir, await indexFor(worker, step.to, 'back'), files)
  await moveHead(worker, step, record, 'from')
  if (step.submodules) await undoSubmodules(worker, step.from, step.to, 'after')
  if (record.stash !== null) await dropStash(worker, record.stash)
  await gitText(place, ['update-ref', '-d', refs.kept(step.run)], options)
  await syncTree(step.path)
  await files.remove(folder.record)
  await files.remove(folder.indexBefore, folder.kept, folder.scratch('next'), folder.scratch('back'))
}

/** Whether it stands at the new commit, with everything done. */
export async function isSwitched(step: Switch, signal: AbortSignal): Promise<boolean> {
  const worker = await workerFor(step, signal)
  if (!(await exists(worker.folder.done))) return false
  const head = await gitLine(worker.place, ['rev-parse', '--quiet', '--verify', 'HEAD'], worker.options)
  return head === step.to
}

async function workerFor(step: Switch, signal: AbortSignal): Promise<Worker> {
  const place = { dir: step.path, user: step.user }
  const options: GitOptions = { signal, env: { BELAY_GIT: markOf(step) } }
  const gitDir = (await gitText(place, ['rev-parse', '--absolute-git-dir'], options)).trim()
  return { place, gitDir, folder: runFolder(gitDir, step.run), files: filesAs(place, signal), options }
}

/** Looks at everything that the plan believed, once more, and writes down what it finds. */
async function begin(step: Switch, worker: Worker): Promise<SwitchRecord> {
  const { folder, files, gitDir, place, options } = worker
  const now = await lookAtCheckout(place, options.signal)
  if (now === null) throw changedMeanwhile(step, 'it is no git repository any more')
  if (now.lock !== null) throw lockedBy(now.lock)
  if (now.busy !== null) throw changedMeanwhile(step, `somebody began ${now.busy}`)
  if (now.commit !== step.from || now.branch !== step.branch) throw changedMeanwhile(step, 'it is at another commit')
  const preserved = matchGlobs(step.preserve)
  const local = now.changes.filter(({ path }) => !preserved(path))
  if (local.length > 0 && step.local === 'refuse') throw changedMeanwhile(step, `${local[0]?.path} was changed`)
  await files.remove(folder.record, folder.done, folder.kept)
  await files.folder(folder.dir)
  if (await exists(join(gitDir, 'index'))) await files.copy(join(gitDir, 'index'), folder.indexBefore)
  else
    await gitText(place, ['read-tree', '--empty'], {
      ...options,
      env: { ...options.env, GIT_INDEX_FILE: folder.indexBefore },
    })
  const edited = local.filter(({ submodule }) => !submodule).map(({ path }) => path)
  const tracked = await snapshot(worker, edited)
  const others = await inTheWay(step, worker, tracked)
  const was = others.length === 0 ? tracked : await snapshot(worker, edited, others)
  const stash =
    step.from !== null && (edited.length > 0 || others.length > 0)
      ? await stashCommit(worker, step.from, tracked, others, stashMessage(step))
      : null
  if (step.from !== null) await gitText(place, ['update-ref', refs.kept(step.run), step.from], options)
  const exchanged = step.exchange === null ? [] : await readyFolders(worker, step.exchange)
  const at = new Date().toISOString()
  const record: SwitchRecord = { v: 1, at, from: step.from, to: step.to, branch: step.branch, was, stash, exchanged }
  await syncTree(gitDir)
  await files.write(folder.record, JSON.stringify(record))
  await syncTree(gitDir)
  return record
}

async function inTheWay(step: Switch, worker: Worker, tracked: string): Promise<readonly string[]> {
  const { place, options } = worker
  const changes = movedBy(await changesBetween(place, tracked, step.to, options), step.preserve)
  const known = new Set((await filesOf(place, tracked, options)).map(({ path }) => path))
  const found = await collisions(step.path, changes, known)
  if (found.length === 0 || step.local === 'stash') return found
  throw changedMeanwhile(step, `${found[0]} stands where the new version has a file`)
}

async function changesOf(worker: Worker, step: Switch, record: SwitchRecord): Promise<readonly TreeChange[]> {
  return movedBy(await changesBetween(worker.place, record.was, record.to, worker.options), step.preserve)
}

async function moveHead(worker: Worker, step: Switch, record: SwitchRecord, side: 'from' | 'to'): Promise<void> {
  const { place, options } = worker
  const ref = record.branch === null ? 'HEAD' : `refs/heads/${record.branch}`
  const now = await gitLine(place, ['rev-parse', '--quiet', '--verify', ref], options)
  const wanted = record[side]
  if (now === wanted) return
  const old = now ?? '0'.repeat(record.to.length)
  const flags = record.branch === null ? ['--no-deref'] : []
  const message = `belay: ${step.run}${side === 'from' ? ', back' : ''}`
  const change = wanted === null ? ['-d', ref, old] : [ref, wanted, old]
  await gitText(place, ['update-ref', ...flags, '-m', message, ...change], options)
}

/** A commit that somebody made meanwhile is theirs: nothing is moved over it. */
async function refuseForeignHead(worker: Worker, step: Switch, record: SwitchRecord): Promise<void> {
  const { place, options } = worker
  const head = await gitLine(place, ['rev-parse', '--quiet', '--verify', 'HEAD'], options)
  const branch = await gitLine(place, ['symbolic-ref', '--quiet', '--short', 'HEAD'], options)
  if ((head === record.from || head === record.to) && branch === record.branch) return
  throw changedMeanwhile(step, `it is at ${head?.slice(0, 12) ?? 'no commit'} on ${branch ?? 'no branch'}`)
}

/** What was changed while the new version stood there goes to `git stash list`, under the name of the run. */
async function keepLaterEdits(worker: Worker, step: Switch, changes: readonly TreeChange[]): Promise<void> {
  const { place, options, gitDir } = worker
  const status = await lookAtCheckout(place, options.signal)
  const moved = new Set(changes.map(({ path }) => path))
  const edited = (status?.changes ?? []).map(({ path }) => path).filter((path) => moved.has(path))
  if (edited.length === 0) return
  const index = join(gitDir, 'index')
  const was = await snapshot(worker, edited, [], index)
  const commit = await stashCommit(worker, step.to, was, [], `${stashMessage(step)}, new version`, index)
  await storeStash(worker, commit, `${stashMessage(step)}: changed under the new version`)
}

function stashMessage({ run, branch }: Switch): string {
  return `${branch ?? '(no branch)'}: belay ${run}`
}

function changedMeanwhile({ path, run }: Switch, how: string) {
  return fail('E_FILE_CHANGED', `${path} changed meanwhile: ${how}.`, {
    hint: `See "git -C ${path} status". Put it back as it was, then run "belay resume"; when nothing was switched yet, update again.`,
    facts: { path, run },
  })
}

export { endLeftovers, refs }
