import { join } from 'node:path'
import { lstatOrNull } from '../../tree/stat.ts'
import type { SwitchRecord } from './record.ts'
import type { Worker } from './bring.ts'

/** `from`: the tree in which `prepare` worked, or what an earlier version's folders were kept in. */
export interface Exchange {
  readonly from: string
  readonly paths: readonly string[]
}

/** Which of the folders were made, and stand ready on the same file system. */
export async function readyFolders({ place }: Worker, { from, paths }: Exchange): Promise<SwitchRecord['exchanged']> {
  const ready: { path: string; had: boolean }[] = []
  for (const path of paths) {
    if ((await lstatOrNull(join(from, path))) === null) continue
    ready.push({ path, had: (await lstatOrNull(join(place.dir, path))) !== null })
  }
  return ready
}

/** Renames alone, each of which may have been done already. */
export async function exchange(
  { place, folder, files }: Worker,
  record: SwitchRecord,
  from: string,
  direction: 'forward' | 'back',
): Promise<void> {
  for (const { path, had } of record.exchanged) {
    const [made, live, kept] = [join(from, path), join(place.dir, path), join(folder.kept, path)]
    const there = async (at: string) => (await lstatOrNull(at)) !== null
    if (direction === 'forward') {
      if (had && !(await there(kept)) && (await there(live)) && (await there(made))) {
        await files.folder(join(kept, '..'))
        await files.move(live, kept)
      }
      if ((await there(made)) && !(await there(live))) await files.move(made, live)
      continue
    }
    if (had ? !(await there(kept)) : await there(made)) continue
    if ((await there(live)) && !(await there(made))) {
      await files.folder(join(made, '..'))
      await files.move(live, made)
    }
    if (had) await files.move(kept, live)
  }
}
