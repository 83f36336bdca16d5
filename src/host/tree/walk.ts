import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import { HeldFolder, named } from './held-folder.ts'
import { Turns } from './turns.ts'

export type EntryKind = 'file' | 'folder' | 'link' | 'special'

export interface WalkedEntry {
  /** Relative to the walked folder, with slashes. */
  readonly path: string
  readonly name: string
  readonly kind: EntryKind
  readonly stat: Stats
  /** Of a link, as written; null for everything else. */
  readonly target: string | null
  /** The folder it lies in, held open while the entry is looked at. */
  readonly parent: HeldFolder
}

export interface WalkOptions {
  /** Left out, a folder with everything in it. */
  readonly exclude?: (path: string) => boolean
  readonly signal?: AbortSignal
}

/** Everything below a folder in a stable order (by code units, a folder before what is in it); follows no link. */
export async function* walk(dir: string, options: WalkOptions = {}): AsyncGenerator<WalkedEntry> {
  using root = HeldFolder.open(dir)
  yield* below(root, '', options, new Turns(options.signal ?? null))
}

async function* below(
  parent: HeldFolder,
  prefix: string,
  options: WalkOptions,
  turns: Turns,
): AsyncGenerator<WalkedEntry> {
  for (const name of parent.names().toSorted(byCodeUnits)) {
    await turns.next()
    const path = prefix + name
    if (options.exclude?.(path) === true) continue
    const entry = look(parent, name, path)
    yield entry
    if (entry.kind !== 'folder') continue
    using inner = parent.folder(name)
    yield* below(inner, `${path}/`, options, turns)
  }
}

function look(parent: HeldFolder, name: string, path: string): WalkedEntry {
  return named(`${parent.path}/${name}`, () => {
    const stat = lstatSync(parent.at(name))
    const kind = kindOf(stat)
    return { path, name, kind, stat, target: kind === 'link' ? readlinkSync(parent.at(name)) : null, parent }
  })
}

export function kindOf(stat: Stats): EntryKind {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSymbolicLink() ? 'link' : 'special'
}

/** The same on every machine, whatever its language. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
