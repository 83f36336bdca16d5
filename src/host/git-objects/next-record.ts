import { fail } from '../../core/model/problem.ts'
import type { BaseFile } from '../../core/files/local.ts'
import { recordText } from '../../core/files/record.ts'
import type { FetchChange, RecordChange } from '../../core/plan/step.ts'
import { atomicWrite } from '../tree/durable.ts'
import type { Fetched } from './commit-files.ts'
import { readRecord } from './compare.ts'
import { nextRecordFile } from './record-files.ts'

export interface NextRecord {
  readonly set: string
  readonly commit: string
  readonly changes: readonly FetchChange[]
  readonly record: RecordChange
}

/** The record of what the set installs, into the set. E_FILE_CHANGED: the present one is not what the plan saw. */
export async function writeNextRecord(next: NextRecord, fetched: ReadonlyMap<string, Fetched>): Promise<void> {
  const files = await presentFiles(next.record)
  for (const [path, file] of next.record.files) {
    if (file === null) files.delete(path)
    else files.set(path, file)
  }
  for (const { path, to } of next.changes) {
    if (to === null) files.delete(path)
    else files.set(path, entryOf(to, files.get(path), fetched.get(path)))
  }
  await atomicWrite(nextRecordFile(next.set), recordText(next.commit, files), { mode: 0o600 })
}

async function presentFiles({ path, base }: RecordChange): Promise<Map<string, BaseFile>> {
  if (base === null) return new Map()
  const record = await readRecord(path)
  if (record?.commit === base) return new Map(Object.entries(record.files))
  throw fail('E_FILE_CHANGED', `${path} was changed since the plan was made.`, {
    hint: 'Nothing was touched. Run the command again: it makes a new plan.',
    retryable: true,
    facts: { path },
  })
}

/** A file that was not fetched is there by now: its entry says what it holds. */
function entryOf(
  to: NonNullable<FetchChange['to']>,
  known: BaseFile | undefined,
  fetched: Fetched | undefined,
): BaseFile {
  const { mode, blob } = to
  if (fetched === undefined) return { ...known, sha256: known?.sha256 ?? null, mode, blob }
  if (fetched.kind === 'link') return { mode, blob, sha256: null }
  return { mode, blob, sha256: fetched.sha256, ...(fetched.crlf ? { crlf: true } : {}) }
}
