import { createHash } from 'node:crypto'
import { mkdir, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { atomicWrite, fsyncDir, renameDurable } from '../tree/durable.ts'
import { removeTree } from '../tree/remove.ts'
import { syncTree } from '../tree/sync.ts'
import { copyEntry, entryAt } from './copy-entry.ts'

/**
 * Puts a backup's copy where the data is, and takes it back; both whatever a crash left half done.
 *
 * In `aside`:  `data` the data as it was (`absent` when there was none): its presence says that the data was set aside
 *              `back` the same, on its way back · `undone-N` a restored copy that was taken back · `later-N` what
 *              appeared in between. Nothing here is ever deleted, except a copy that is whole elsewhere.
 * Beside the data (same file system, so that it comes and goes by one rename each):
 *              `.NAME.belay-TAG-new` the copy that grows, whole before anything is set aside
 *              `.NAME.belay-TAG-old` the data on its way to an `aside` on another file system
 * Invariant: once `data` or `absent` is there, `…-new` is whole, or was already renamed to its place.
 */
export interface DataPlace {
  /** Where the data is: absolute, no link itself. */
  readonly path: string
  /** Suffixes of files that belong to it (SQLite's `-wal`). */
  readonly companions: readonly string[]
  readonly aside: string
}

/** Builds the copy at `to`. `present`: where the data that it replaces lies now, null: nowhere. false: there is no copy. */
export type BuildCopy = (to: string, present: string | null) => Promise<boolean>

interface Names {
  readonly fresh: string
  readonly old: string
  readonly data: string
  readonly absent: string
  readonly back: string
}

function namesOf({ path, aside }: DataPlace): Names {
  const tag = createHash('sha256').update(aside).digest('hex').slice(0, 12)
  const beside = join(dirname(path), `.${basename(path)}.belay-${tag}`)
  return {
    fresh: `${beside}-new`,
    old: `${beside}-old`,
    data: join(aside, 'data'),
    absent: join(aside, 'absent'),
    back: join(aside, 'back'),
  }
}

const there = (path: string): boolean => entryAt(path) !== null

async function rename(from: string, to: string): Promise<boolean> {
  try {
    await renameDurable(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EXDEV') return false
    throw error
  }
}

async function copyWhole(from: string, to: string, signal: AbortSignal): Promise<void> {
  const partial = `${to}.partial`
  await copyEntry(from, partial, signal)
  await syncTree(partial)
  await renameDurable(partial, to)
}

/** Moves data away from its place; to another file system by way of `old`, so that its place is never half empty. */
async function moveAway(from: string, old: string, to: string, signal: AbortSignal): Promise<void> {
  if (!there(to)) {
    if (!there(old)) {
      if (!there(from) || (await rename(from, to))) return
      await renameDurable(from, old)
    }
    await copyWhole(old, to, signal)
  }
  await removeTree(old)
}

/** Moves data to its place from `aside`, which may be on another file system. Doing it again completes it. */
async function moveBack(from: string, fresh: string, to: string, signal: AbortSignal): Promise<void> {
  if (!there(from)) return
  if (!there(to)) {
    if (await rename(from, to)) return
    await copyEntry(from, fresh, signal)
    await syncTree(fresh)
    await renameDurable(fresh, to)
  }
  await removeTree(from)
}

function freeName(aside: string, word: string): string {
  for (let n = 1; ; n++) {
    const name = join(aside, `${word}-${n}`)
    if (!there(name)) return name
  }
}

/** What lies at the place now, with its companions, into a folder of its own. */
async function clearPlace(place: DataPlace, names: Names, word: string, signal: AbortSignal): Promise<void> {
  const suffixes = [...place.companions, '']
  if (!suffixes.some((suffix) => there(`${place.path}${suffix}`) || there(`${names.old}${suffix}`))) return
  const to = freeName(place.aside, word)
  await mkdir(to, { mode: 0o700 })
  for (const suffix of suffixes) {
    await moveAway(`${place.path}${suffix}`, `${names.old}${suffix}`, join(to, `data${suffix}`), signal)
  }
}

/** The data itself goes last: as long as it is not aside, nothing counts as set aside. */
async function setAside(place: DataPlace, names: Names, signal: AbortSignal): Promise<void> {
  await mkdir(place.aside, { recursive: true, mode: 0o700 })
  await fsyncDir(dirname(place.aside))
  for (const suffix of place.companions) {
    await moveAway(`${place.path}${suffix}`, `${names.old}${suffix}`, `${names.data}${suffix}`, signal)
  }
  if (there(place.path) || there(names.old)) await moveAway(place.path, names.old, names.data, signal)
  else await atomicWrite(names.absent, '', { mode: 0o600 })
}

async function build(names: Names, present: string | null, copy: BuildCopy): Promise<boolean> {
  await removeTree(names.fresh)
  if (!(await copy(names.fresh, present))) return false
  await syncTree(names.fresh)
  return true
}

function isSetAside(names: Names): boolean {
  return there(names.data) || there(names.absent)
}

/** The copy takes the data's place; the data as it was is in `aside`. Errors: E_TARGET_MOUNT, system errors. */
export async function swapIn(place: DataPlace, copy: BuildCopy, signal: AbortSignal): Promise<void> {
  const names = namesOf(place)
  if (!isSetAside(names)) {
    await mkdir(dirname(place.path), { recursive: true })
    const present = [place.path, names.old].find(there) ?? null
    await build(names, present, copy)
    await setAside(place, names, signal)
  } else if (!there(names.fresh)) {
    if (there(place.path)) return
    await build(names, there(names.data) ? names.data : null, copy)
  }
  await removeTree(names.old)
  if (!there(names.fresh)) return
  await clearPlace(place, names, 'later', signal)
  await renameDurable(names.fresh, place.path)
}

/** The data as it was comes back; the copy that was in its place is kept in `aside`. */
export async function swapBack(place: DataPlace, signal: AbortSignal): Promise<void> {
  const names = namesOf(place)
  if (isSetAside(names)) {
    await clearPlace(place, names, 'undone', signal)
    if (there(names.data)) await renameDurable(names.data, names.back)
    await removeTree(names.absent)
  }
  await moveBack(names.back, names.fresh, place.path, signal)
  if (!there(place.path) && there(names.old)) await renameDurable(names.old, place.path)
  for (const suffix of place.companions) {
    const [now, old] = [`${place.path}${suffix}`, `${names.old}${suffix}`]
    await moveBack(`${names.data}${suffix}`, `${names.fresh}${suffix}`, now, signal)
    if (!there(now) && there(old)) await renameDurable(old, now)
    await removeTree(old)
  }
  for (const leftover of [names.fresh, names.old, `${names.data}.partial`]) await removeTree(leftover)
  // Only when nothing was kept in it.
  await rmdir(place.aside).catch(() => {})
}
