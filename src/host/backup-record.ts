import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { fail, problemOf } from '../core/model/problem.ts'
import type { BackupRecord } from '../ports/backup.ts'
import type { FoundBackup } from '../ports/host.ts'
import { makeFolders } from './backup-place.ts'
import { copyEntry } from './data/copy-entry.ts'
import { atomicWrite, renameDurable } from './tree/durable.ts'
import { hashTree } from './tree/hash.ts'
import { removeTree } from './tree/remove.ts'
import { syncTree } from './tree/sync.ts'

/**
 * Backups on disk: `PLACE/COMPONENT/FOLDER/backup.json` beside the data. A folder gets its name when it is whole;
 * `.partial` ones are garbage, `.removing` ones are being deleted, `.aside…` ones hold data that a restore replaced.
 */
const recordName = 'backup.json'
const recordBytesMax = 1024 * 1024

const recordSchema = z.object({
  v: z.literal(1),
  component: z.string(),
  kind: z.string(),
  source: z.string(),
  created: z.iso.datetime(),
  version: z.string().nullable(),
  run: z.string().nullable(),
  bytes: z.number().int().nonnegative(),
  files: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  left: z.array(z.string()),
  notes: z.array(z.string()).exactOptional(),
})

/** Writes `backup.json`, whole and synced. */
export async function writeRecord(dir: string, record: BackupRecord): Promise<void> {
  await atomicWrite(join(dir, recordName), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
}

/** null: there is no backup of that name. E_BACKUP_UNREADABLE: there is one, and it cannot be understood. */
export async function readRecord(dir: string): Promise<BackupRecord | null> {
  const file = join(dir, recordName)
  let text: string
  try {
    if ((await stat(file)).size > recordBytesMax) throw new Error('it is too large')
    text = await readFile(file, 'utf8')
    return recordSchema.parse(JSON.parse(text))
  } catch (error) {
    if (problemOf(error).facts['errno'] === 'ENOENT' || problemOf(error).facts['errno'] === 'ENOTDIR') return null
    throw fail('E_BACKUP_UNREADABLE', `${file} cannot be read as a backup's record`, {
      hint: 'Use another backup: "belay backups list" shows them.',
      facts: { file },
      cause: error,
    })
  }
}

/** `readRecord`, and E_BACKUP_MISSING when there is none. */
export async function needRecord(dir: string): Promise<BackupRecord> {
  const record = await readRecord(dir)
  if (record !== null) return record
  throw fail('E_BACKUP_MISSING', `there is no backup at ${dir}`, {
    hint: '"belay backups list" shows those that there are.',
    facts: { dir },
  })
}

async function foldersOf(place: string, component: string): Promise<readonly string[]> {
  const entries = await readdir(join(place, component), { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** The good backups of a component in one place, newest first; what cannot be read is not among them. */
export async function listBackups(place: string, component: string): Promise<readonly FoundBackup[]> {
  const found: FoundBackup[] = []
  for (const name of await foldersOf(place, component)) {
    if (/\.(partial|removing|aside)/.test(name)) continue
    const dir = join(place, component, name)
    const record = await readRecord(dir).catch(() => null)
    if (record?.component === component) found.push({ id: `${component}/${name}`, dir, place, record })
  }
  return found.toSorted((a, b) => Date.parse(b.record.created) - Date.parse(a.record.created) || (a.id < b.id ? 1 : -1))
}

/** Removes a folder such that it is a backup until it is none: no reader ever meets half of one. */
async function removeBackup(dir: string): Promise<void> {
  const removing = `${dir}.removing`
  await removeTree(removing)
  await renameDurable(dir, removing)
  await removeTree(removing)
}

export interface Retention {
  readonly keep: number
  /** null: however old. */
  readonly keepForMs: number | null
}

/** Removes what a restore in favour of that backup left outside of `aside`. */
export type Discard = (record: BackupRecord, aside: string) => Promise<void>

export interface Pruned {
  /** Ids. */
  readonly removed: readonly string[]
  /** What could not be removed, and why. */
  readonly failed: readonly string[]
}

/**
 * Of each data those of the newest `keep` runs stay, as long as they are young enough, and the newest run however old it
 * is: a way back is never pruned away. One made by hand counts as a run.
 */
function outdated(
  backups: readonly FoundBackup[],
  { keep, keepForMs }: Retention,
  now: number,
): readonly FoundBackup[] {
  const runs = new Map<string, Set<string>>()
  return backups.filter(({ id, record }) => {
    const data = `${record.kind} ${record.source}`
    const seen = runs.get(data) ?? new Set()
    runs.set(data, seen.add(record.run ?? id))
    const tooOld = keepForMs !== null && now - Date.parse(record.created) > keepForMs
    return seen.size > Math.max(1, keep) || (tooOld && seen.size > 1)
  })
}

/**
 * Removes the backups that are too many or too old, and what crashes left. The caller holds the component's lock. Data
 * that was set aside goes with the backup in whose favour it went aside; where that fails, both stay for the next time.
 */
export async function pruneBackups(
  place: string,
  component: string,
  retention: Retention,
  discard: Discard = async () => {},
): Promise<Pruned> {
  const [removed, failed]: [string[], string[]] = [[], []]
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work()
      return true
    } catch (error) {
      failed.push(`${what}: ${problemOf(error).message}`)
      return false
    }
  }
  for (const { id, dir, record } of outdated(await listBackups(place, component), retention, Date.now())) {
    const done = await attempt(dir, async () => {
      for (const name of await foldersOf(place, component)) {
        if (!name.startsWith(`${basename(dir)}.aside`)) continue
        const aside = join(place, component, name)
        await discard(record, aside)
        await removeTree(aside)
      }
      await removeBackup(dir)
    })
    if (done) removed.push(id)
  }
  for (const name of await foldersOf(place, component)) {
    const path = join(place, component, name)
    if (/\.(partial|removing)$/.test(name)) await attempt(path, () => removeTree(path))
  }
  return { removed, failed }
}

/** A second copy of a good backup in another place, compared with the first by reading both back. */
export async function copyBackup(dir: string, place: string, component: string): Promise<void> {
  const to = join(place, component, basename(dir))
  if ((await readRecord(to).catch(() => null)) !== null) return
  await makeFolders(dirname(to))
  const partial = `${to}.partial`
  await removeTree(to)
  await copyEntry(dir, partial, new AbortController().signal)
  await syncTree(partial)
  if ((await hashTree(partial)) !== (await hashTree(dir))) {
    throw fail('E_BACKUP_FAILED', `the copy of the backup in ${place} is not what was copied`, {
      hint: 'Check the disk of that place.',
      facts: { place },
    })
  }
  await renameDurable(partial, to)
}
