import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { atomicWrite, fsyncDir } from '../tree/durable.ts'
import { Turns } from '../tree/turns.ts'
import { begin } from './begin.ts'
import { carryOut, isCarriedOut } from './forward.ts'
import { contentOf, SavedFolder } from './saved.ts'
import type { Done, Transaction, Watch } from './transaction.ts'
import { takeBack } from './undo.ts'

/**
 * Installs the set; doing it again after a crash finishes it. When this throws, `undoFiles` is due.
 * E_FILE_CHANGED: something at a path is neither old nor new. E_PERMISSION: nothing may write a path. E_PATH_INVALID:
 * a link or a device is in the way. E_STATE_UNSAFE: `saved` is not ours. System errors.
 */
export async function applyFiles(transaction: Transaction, watch: Watch): Promise<Done> {
  const turns = new Turns(watch.signal)
  const known = await begunList(transaction)
  const list = known ?? (await begin(transaction, turns))
  await carryOut(transaction, list, known === null, watch)
  if (transaction.record !== null) await putRecord(transaction.record.path, await contentOf(transaction.record.next))
  const installed = list.changes.filter(({ to }) => to !== null && to.kind !== 'dir')
  return {
    files: list.changes.filter(({ from, to }) => (to ?? from)?.kind !== 'dir').length,
    bytes: installed.reduce((sum, { to }) => sum + (to?.kind === 'file' ? to.bytes : 0), 0),
    skipped: list.skipped,
    warnings: list.warnings,
  }
}

/** Whether every path is as the set wants it. */
export async function areFilesApplied(transaction: Transaction): Promise<boolean> {
  const list = await begunList(transaction)
  return list !== null && (await isRecorded(transaction)) && (await isCarriedOut(transaction, list))
}

async function isRecorded({ record }: Transaction): Promise<boolean> {
  if (record === null) return true
  const [now, next] = [await contentOf(record.path), await contentOf(record.next)]
  return now === null || next === null ? now === next : now.equals(next)
}

async function putRecord(path: string, content: Buffer | null): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (content !== null) return atomicWrite(path, content, { mode: 0o600 })
  await rm(path, { force: true })
  await fsyncDir(dirname(path))
}

/**
 * Brings back exactly what was there: contents, modes, owners, links, and nothing where nothing was. Safe from any point,
 * and when nothing was done. Gives the paths that somebody else had written meanwhile; their contents lie in
 * `saved/aside`.
 */
export async function undoFiles(transaction: Transaction): Promise<readonly string[]> {
  using saved = await SavedFolder.open(transaction.saved)
  if (saved === null) return []
  const list = await begunList(transaction)
  const aside = list === null ? [] : await takeBack(transaction, list, saved)
  if (list !== null && transaction.record !== null) await putRecord(transaction.record.path, await saved.record())
  await saved.discard()
  return aside
}

async function begunList({ saved, run, root }: Transaction) {
  using folder = await SavedFolder.open(saved)
  const list = (await folder?.list()) ?? null
  if (list !== null && (list.run !== run || list.root !== root)) {
    throw new Error(`${saved} belongs to ${list.run} in ${list.root}`)
  }
  return list
}
