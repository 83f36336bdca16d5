import { mkdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fail, problemOf } from '../core/model/problem.ts'
import { freeBytes } from './tree/places.ts'
import { tryWriting } from './tree/try-write.ts'

/** With all its parents. Node's own way asks for ever where a parent is there and says that it is not (/proc). */
export async function makeFolders(path: string): Promise<void> {
  for (const parents of ['missing', 'there'] as const) {
    try {
      await mkdir(path, { mode: 0o700 })
      return
    } catch (error) {
      const { errno } = problemOf(error).facts
      if (errno === 'EEXIST' && (await stat(path)).isDirectory()) return
      if (errno !== 'ENOENT' || parents === 'there' || dirname(path) === path) throw error
      await makeFolders(dirname(path))
    }
  }
}

async function isInside(path: string, tree: string): Promise<boolean> {
  const real = async (at: string): Promise<string> =>
    realpath(at).catch(async () => (dirname(at) === at ? at : join(await real(dirname(at)), basename(at))))
  const [inner, outer] = [await real(resolve(path)), await real(resolve(tree))]
  return inner === outer || inner.startsWith(`${outer}/`)
}

/** null: the place can be used; else why not. */
async function unusable(place: string, needBytes: number, outside: readonly string[]): Promise<string | null> {
  for (const tree of outside) {
    if (await isInside(place, tree)) return `lies in ${tree}, which the update replaces`
  }
  try {
    await makeFolders(place)
    await tryWriting(place)
  } catch (error) {
    return problemOf(error).message
  }
  const free = freeBytes(place)
  return free >= needBytes ? null : `has ${free} bytes free, ${needBytes} are needed`
}

/**
 * The first place that can be written, tried by really writing a file, has room, and lies in none of the trees
 * `outside`. E_BACKUP_FAILED says for each why not.
 */
export async function backupPlace(
  places: readonly string[],
  needBytes: number,
  outside: readonly string[] = [],
): Promise<string> {
  const reasons: string[] = []
  for (const place of places) {
    const reason = await unusable(place, needBytes, outside)
    if (reason === null) return place
    reasons.push(`${place} ${reason}`)
  }
  throw fail('E_BACKUP_FAILED', `no place for backups can be used: ${reasons.join('; ')}`, {
    hint: 'Name one with room as "backups: {path: […]}", outside of the component\'s folder.',
    facts: { reasons, need_bytes: needBytes },
  })
}
