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
export async function readyFolders(worker: Worker, { from, paths }: Exchange): Promise<SwitchRecord['exchanged']> {
  const ready: { path: string; had: boolean }[] = []
  for (const path of paths) {
    if ((await lstatOrNull(join(from, path))) === null) continue
    await settleIn(worker, join(from, path), from)
    ready.push({ path, had: (await lstatOrNull(join(worker.place.dir, path))) !== null })
  }
  return ready
}

/**
 * A virtual environment names its own path in its scripts: made in `from`, it is told where it will stand. Nothing else in
 * it depends on its place.
 */
async function settleIn({ place, files }: Worker, made: string, from: string): Promise<void> {
  if ((await lstatOrNull(join(made, 'pyvenv.cfg'))) === null) return
  const script = `
made=$1 from=$2 to=$3
for file in "$made"/bin/* "$made"/pyvenv.cfg "$made"/lib/python*/site-packages/*.pth "$made"/lib/python*/site-packages/__editable__*; do
  [ -f "$file" ] && [ ! -L "$file" ] || continue
  grep -qIF -- "$from" "$file" || continue
  sed -i "s|$4|$5|g" "$file"
done`
  const pattern = from.replaceAll(/[\\.*^$[\]|]/g, String.raw`\$&`)
  const replacement = place.dir.replaceAll(/[\\&|]/g, String.raw`\$&`)
  await files.run(['sh', '-c', script, 'sh', made, from, place.dir, pattern, replacement])
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
