import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { lstatOrNull } from '../../tree/stat.ts'

const recordBytesMax = 1024 * 1024
const id = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/)
const pathInside = z.string().min(1).max(4096)

const switchRecordSchema = z.object({
  v: z.literal(1),
  /** ISO 8601. */
  at: z.string(),
  /** What was checked out; null: nothing yet. */
  from: id.nullable(),
  to: id,
  branch: z.string().nullable(),
  /** The files as they were, local changes of tracked ones included, as a tree. */
  was: id,
  /** The commit in `git stash list` that has the local changes; null: there were none. */
  stash: id.nullable(),
  /** Folders that the new version brings ready made, and whether one stood there before. */
  exchanged: z.array(z.object({ path: pathInside, had: z.boolean() })).max(100),
})

/** What a switch found before it changed anything: the whole of what its undo needs. Written before the first change. */
export type SwitchRecord = z.infer<typeof switchRecordSchema>

/** Everything of one run in a repository: `<git dir>/belay/<run>/`. */
export function runFolder(gitDir: string, run: string) {
  const dir = join(gitDir, 'belay', run)
  return {
    dir,
    record: join(dir, 'switch.json'),
    /** It is there once the switch was done to its end. */
    done: join(dir, 'done'),
    indexBefore: join(dir, 'index.before'),
    /** Folders that stood in the work tree before, by their paths. */
    kept: join(dir, 'kept'),
    /** Where `prepare` works. */
    tree: join(dir, 'tree'),
    scratch: (name: string) => join(dir, `scratch.${name}`),
  }
}

export type RunFolder = ReturnType<typeof runFolder>

/** null: that run has not begun to change anything. What its owner made of it since is not believed where it does not fit. */
export async function readRecord(folder: RunFolder): Promise<SwitchRecord | null> {
  const found = await lstatOrNull(folder.record)
  if (found === null || !found.isFile() || found.size > recordBytesMax) return null
  return switchRecordSchema.parse(JSON.parse(await readFile(folder.record, 'utf8')))
}

export const refs = {
  /** The commit that a run brings: kept from being swept away, and known to have come from the source. */
  new: (run: string) => `refs/belay/new/${run}`,
  /** The commit that a run left: the way back. */
  kept: (run: string) => `refs/belay/kept/${run}`,
} as const
