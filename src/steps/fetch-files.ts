import { existsSync } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileChange, FileState } from '../core/files/change.ts'
import { isExecutable } from '../core/files/local.ts'
import { fail, type Facts, problemOf } from '../core/model/problem.ts'
import type { Artifact } from '../core/model/release.ts'
import type { FetchChange, FetchFilesStep } from '../core/plan/step.ts'
import { extract } from '../host/archive/extract.ts'
import { foldersAbove } from '../host/file-set/paths.ts'
import { readFileSet, writeFileSet } from '../host/file-set/set.ts'
import { stateOf } from '../host/file-set/state.ts'
import { assertBlob, attributesIn, type Fetched, isBlob, takeIn } from '../host/git-objects/commit-files.ts'
import { writeNextRecord } from '../host/git-objects/next-record.ts'
import { downloadedTo, downloadTo } from '../host/http/download.ts'
import { fsyncDir } from '../host/tree/durable.ts'
import { removeTree } from '../host/tree/remove.ts'
import { syncTree } from '../host/tree/sync.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** Requests at a time. */
const lanes = 4
const fileBytesMax = 2 * 1024 ** 3
const archiveBytesMax = 8 * 1024 ** 3
const newFile = 0o644
const newProgram = 0o755

/** Contents come to the run's folder and are proven there; the list that makes them a set is written last. */
export function fetchFilesHandler(ports: StepPorts): StepHandler<'fetch-files'> {
  return {
    async apply(step, context) {
      if ((await readFileSet(step.set)) !== null) return { already: true }
      // Looked at before anything is fetched: what somebody changed meanwhile ends the run for free.
      const there = new Map(step.changes.map((change) => [change.path, present(step.root, change)]))
      const parts = new Parts(step, ports, context)
      await parts.fetch()
      const fetched = await parts.takeAllIn()
      const changes = step.changes.map((change) =>
        changeOf(change, there.get(change.path) ?? null, fetched.get(change.path)),
      )
      await writeNextRecord(step, fetched)
      await parts.clear()
      if (step.archive === null) await fsyncDir(join(step.set, 'new'))
      else await syncTree(step.set)
      await writeFileSet(step.set, { v: 1, root: step.root, changes: [...changes, ...emptied(step)] })
      return parts.facts()
    },
    observe: async (step) => ((await readFileSet(step.set)) === null ? 'absent' : 'present'),
    async undo({ set }) {
      await removeTree(set)
      // The run's own folder: a run that changed nothing leaves nothing.
      await rmdir(dirname(set)).catch(ignoreInUse)
    },
  }
}

/** E_FILE_CHANGED when it is not what the plan saw. */
function present(root: string, { path, from }: FetchChange): FileState | null {
  const state = stateOf(join(root, path))
  const same =
    from === null
      ? state === null
      : 'link' in from
        ? state?.kind === 'link' && state.target === from.link
        : state?.kind === 'file' && state.sha256 === from.sha256
  if (same) return state
  throw fail('E_FILE_CHANGED', `${path} was changed since the plan was made.`, {
    hint: 'Nothing was touched. Run the command again: it makes a new plan.',
    retryable: true,
    facts: { path },
  })
}

function changeOf({ path, to }: FetchChange, from: FileState | null, fetched: Fetched | undefined): FileChange {
  if (to === null) return { path, from, to: null }
  if (fetched?.kind === 'link') return { path, from, to: fetched }
  const mode = modeOf(from, to.mode === '100755')
  if (fetched !== undefined)
    return { path, from, to: { kind: 'file', sha256: fetched.sha256, bytes: fetched.bytes, mode } }
  if (from?.kind !== 'file') throw new Error(`${path} was neither fetched nor there`)
  return { path, from, to: { ...from, mode } }
}

/** Folders that are of no more use go with the last file in them; the transaction leaves those that hold something. */
function emptied({ root, changes }: FetchFilesStep): readonly FileChange[] {
  const folders = new Set(changes.flatMap(({ path, to }) => (to === null ? foldersAbove(path) : [])))
  for (const { path, to } of changes) if (to !== null) for (const folder of foldersAbove(path)) folders.delete(folder)
  return [...folders].flatMap((path) => {
    const from = stateOf(join(root, path))
    return from?.kind === 'dir' ? [{ path, from, to: null }] : []
  })
}

/** The user's own bits stay; git knows one alone. Who may read may then execute. */
function modeOf(from: FileState | null, executable: boolean): number {
  if (from?.kind !== 'file') return executable ? newProgram : newFile
  if (isExecutable(from.mode) === executable) return from.mode
  return executable ? from.mode | ((from.mode & 0o444) >> 2) : from.mode & ~0o111
}

/** What is on its way into the set: `SET/part/<n>` for the nth change. */
class Parts {
  readonly #step: FetchFilesStep
  readonly #ports: StepPorts
  readonly #context: StepContext
  readonly #wanted: readonly {
    readonly change: FetchChange
    readonly to: NonNullable<FetchChange['to']>
    readonly part: string
  }[]
  /** Where the archive had what belongs to a part. */
  readonly #unpacked = new Map<string, string>()
  #requests = 0
  #bytes = 0

  constructor(step: FetchFilesStep, ports: StepPorts, context: StepContext) {
    this.#step = step
    this.#ports = ports
    this.#context = context
    this.#wanted = step.changes.flatMap((change, i) =>
      change.to === null || isThere(step, change)
        ? []
        : { change, to: change.to, part: join(step.set, 'part', String(i)) },
    )
  }

  async fetch(): Promise<void> {
    await mkdir(join(this.#step.set, 'part'), { recursive: true, mode: 0o700 })
    await mkdir(join(this.#step.set, 'new'), { recursive: true, mode: 0o700 })
    if (this.#step.archive !== null) await this.#unpack(this.#step.archive)
    // What the archive leaves out (export-ignore), or writes otherwise than git has it (export-subst), comes by itself.
    const queue = this.#wanted.filter((one) => !this.#unpacked.has(one.part) && !isBlob(one.part, one.to.blob)).values()
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (const { change, to, part } of queue) {
          await this.#download(to.file, part, fileBytesMax)
          assertBlob(part, change.path, { blob: to.blob, commit: this.#step.commit })
        }
      }),
    )
  }

  async takeAllIn(): Promise<ReadonlyMap<string, Fetched>> {
    const { root, set, attributes: paths } = this.#step
    const files = new Map(this.#wanted.map(({ change, part }) => [change.path, this.#unpacked.get(part) ?? part]))
    const attributes = attributesIn(root, paths, files)
    const fetched = new Map<string, Fetched>()
    for (const { change } of this.#wanted) {
      fetched.set(change.path, await takeIn(set, change, files.get(change.path) ?? '', attributes))
    }
    return fetched
  }

  async clear(): Promise<void> {
    for (const name of ['part', 'tree', 'archive']) await removeTree(join(this.#step.set, name))
  }

  facts(): Facts {
    return { bytes: this.#bytes, requests: this.#requests, files: this.#step.changes.length }
  }

  async #unpack(archive: Artifact): Promise<void> {
    const { set } = this.#step
    const [file, tree] = [join(set, 'archive'), join(set, 'tree')]
    if (!existsSync(file)) await this.#download(archive, file, archiveBytesMax)
    await removeTree(tree)
    try {
      await extract({ archive: downloadedTo(file), format: 'tar.gz', to: tree, signal: this.#context.signal })
    } catch (error) {
      // Something in the rest of it, such as a link that leads out: what is wanted may be had one by one.
      if (!problemOf(error).code.startsWith('E_ARCHIVE_')) throw error
    }
    for (const { change, to, part } of this.#wanted) {
      const place = join(tree, change.path)
      if (isBlob(place, to.blob)) this.#unpacked.set(part, place)
    }
  }

  async #download(artifact: Artifact, path: string, bytesMax: number): Promise<void> {
    const { signal, progress } = this.#context
    const source = await this.#ports.adapters.source(this.#step.source)
    const before = this.#bytes
    const { fetchedBytes } = await downloadTo({
      open: (offset, abort) => {
        this.#requests += 1
        return source.open(artifact, offset, abort)
      },
      path,
      name: artifact.name,
      digest: null,
      expectedBytes: artifact.bytes,
      bytesMax,
      signal,
      onBytes: (doneBytes, totalBytes) =>
        progress(before + doneBytes, this.#step.archive === null ? null : totalBytes, artifact.name),
      clock: this.#ports.clock,
    })
    this.#bytes += fetchedBytes
  }
}

/** Only its mode changes: the content that stands there is the commit's. */
function isThere({ root }: FetchFilesStep, { path, to, from }: FetchChange): boolean {
  return to !== null && from !== null && 'sha256' in from && to.mode !== '120000' && isBlob(join(root, path), to.blob)
}

function ignoreInUse(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
