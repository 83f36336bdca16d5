import { link, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RestoreRef } from '../../core/plan/step.ts'
import type { BackupRecord } from '../../ports/backup.ts'
import { copyTree } from '../tree/copy.ts'
import { walk } from '../tree/walk.ts'
import { dataOf } from './build-backup.ts'
import { copyEntry, endOfLinks, entryAt } from './copy-entry.ts'
import type { PathData } from './path-keys.ts'
import { selectionOf } from './selection.ts'
import { isSqlite, sqliteCompanions } from './sqlite.ts'
import type { BuildCopy, DataPlace } from './swap.ts'

async function isDatabase(path: string): Promise<boolean> {
  return entryAt(path)?.isFile() === true && isSqlite(path)
}

/** A file may be a database: what SQLite keeps beside it must not meet another one. */
export async function placeOf(at: string, ref: RestoreRef): Promise<DataPlace> {
  const path = endOfLinks(at)
  const files = [dataOf(ref.backup.dir), path, join(ref.aside, 'data'), join(ref.aside, 'back')]
  const database = (await Promise.all(files.map(isDatabase))).includes(true)
  return { path, companions: database ? sqliteCompanions : [], aside: ref.aside }
}

/** Where links are refused (another owner, too many), a copy does the same. */
async function takeOver(from: string, to: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await link(from, to).catch(() => copyEntry(from, to, signal))
}

/**
 * What a backup does not hold, because it was excluded or could not be read, is not part of a restore: it stays. It is
 * taken over by hard links, so that a folder of films costs nothing.
 */
async function keepTheRest(
  present: string,
  to: string,
  rest: (path: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const folders: string[] = []
  for await (const { path, kind } of walk(present, { signal })) {
    if (!rest(path) || kind === 'special') continue
    if (kind === 'folder') folders.push(path)
    else if (entryAt(join(to, path)) === null) await takeOver(join(present, path), join(to, path), signal)
  }
  // Folders that were made for them get the attributes that they had; what is in them already stays.
  const made = new Set(folders)
  await copyTree(present, to, { filter: (path, kind) => kind === 'folder' && (made.has(path) || 'inside'), signal })
}

/** The saved data, with what of the present data the backup does not hold. */
export function copyFor(selected: PathData, record: BackupRecord, ref: RestoreRef, signal: AbortSignal): BuildCopy {
  return async (to, present) => {
    const data = dataOf(ref.backup.dir)
    if (entryAt(data) === null) return false
    await copyEntry(data, to, signal)
    const partial = selected.include.length > 0 || selected.exclude.length > 0 || record.left.length > 0
    const both = present !== null && entryAt(present)?.isDirectory() === true && entryAt(to)?.isDirectory() === true
    if (!partial || !both) return true
    const isSelected = selectionOf(selected)
    const left = new Set(record.left)
    await keepTheRest(present, to, (path) => left.has(path) || isSelected(path, 'file') === false, signal)
    return true
  }
}
