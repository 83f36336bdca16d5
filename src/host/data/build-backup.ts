import { mkdir } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { BelayError, fail, problemOf } from '../../core/model/problem.ts'
import type { BackupInput, BackupRecord } from '../../ports/backup.ts'
import { needRecord, readRecord, writeRecord } from '../backup-record.ts'
import { entryAt } from './copy-entry.ts'
import { nearest } from '../tree/mounts.ts'
import { renameDurable } from '../tree/durable.ts'
import { removeTree } from '../tree/remove.ts'
import { syncTree } from '../tree/sync.ts'

/** What a kind saved, and how it computes the hash of it again. */
export interface Saved {
  readonly bytes: number
  readonly files: number
  readonly left: readonly string[]
  /** What a person should know of it. */
  readonly notes?: readonly string[]
}

export interface BackupJob {
  readonly kind: string
  /** As the config names it; a restore goes exactly there. */
  readonly source: string
  /** Where that is, when the config names it by another word than its path; null: nowhere yet. */
  readonly path?: string | null
  /** Puts the copy at `data`; with nothing to save it makes nothing. */
  readonly save: (data: string, signal: AbortSignal) => Promise<Saved>
  readonly hash: (data: string) => Promise<string>
}

export function dataOf(dir: string): string {
  return join(dir, 'data')
}

/** A backup in the folder that it saves would save itself, and go when the folder goes. */
function refuseInside(dir: string, source: string): void {
  const parent = nearest(dirname(dir))
  const outer = entryAt(source) === null ? source : nearest(source)
  if (parent !== outer && !parent.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`)) return
  throw fail('E_BACKUP_FAILED', `the backup would lie in ${source}, which it saves`, {
    hint: 'Name another place as "backups: {path: […]}".',
    facts: { dir, source },
  })
}

function asBackupFailure(error: unknown, source: string): unknown {
  const { code, message, hint, facts, retryable } = problemOf(error)
  if (code === 'E_DISK_FULL' || code === 'E_CANCELLED' || code === 'E_BACKUP_FAILED') return error
  if (!(error instanceof BelayError) && code === 'E_INTERNAL') return error
  return fail('E_BACKUP_FAILED', `${source} cannot be saved: ${message}`, {
    hint: code === 'E_PERMISSION' ? 'Run belay as root, or declare what may be missing as "optional".' : hint,
    facts: { ...facts, source, cause: code },
    retryable,
    cause: error,
  })
}

/**
 * Makes a backup: everything in `ref.dir` + `.partial`, synced, read back, and then renamed. One that is there already
 * is given as it is. Errors: E_BACKUP_FAILED, E_DISK_FULL, the signal's reason.
 */
export async function buildBackup(job: BackupJob, input: BackupInput): Promise<BackupRecord> {
  const { ref, version, run, signal } = input
  const done = await readRecord(ref.dir).catch(() => null)
  if (done !== null) return done
  const path = job.path === undefined ? job.source : job.path
  if (path !== null) refuseInside(ref.dir, path)
  const partial = `${ref.dir}.partial`
  try {
    for (const garbage of [ref.dir, partial]) await removeTree(garbage)
    await mkdir(partial, { recursive: true, mode: 0o700 })
    const saved = await job.save(dataOf(partial), signal)
    const record: BackupRecord = {
      v: 1,
      component: ref.component,
      kind: job.kind,
      source: job.source,
      created: new Date().toISOString(),
      version,
      run,
      bytes: saved.bytes,
      files: saved.files,
      sha256: await job.hash(dataOf(partial)),
      left: saved.left,
      ...(saved.notes === undefined || saved.notes.length === 0 ? {} : { notes: saved.notes }),
    }
    await writeRecord(partial, record)
    await syncTree(partial)
    await verifyBackup(job, partial)
    signal.throwIfAborted()
    await renameDurable(partial, ref.dir)
    return record
  } catch (error) {
    signal.throwIfAborted()
    throw asBackupFailure(error, job.source)
  }
}

/** Reads everything back and compares. Errors: E_BACKUP_MISSING, E_BACKUP_UNREADABLE. */
export async function verifyBackup(job: Pick<BackupJob, 'hash'>, dir: string): Promise<BackupRecord> {
  const record = await needRecord(dir)
  const hash = await job.hash(dataOf(dir)).catch((error: unknown) => {
    throw damaged(dir, problemOf(error).message)
  })
  if (hash !== record.sha256) throw damaged(dir, 'its content is not what was saved')
  return record
}

function damaged(dir: string, why: string): BelayError {
  return fail('E_BACKUP_UNREADABLE', `the backup at ${dir} is damaged: ${why}`, {
    hint: 'Use another one ("belay backups list"), and check the disk.',
    facts: { dir },
  })
}
