import { accessSync, constants, lstatSync, realpathSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { type Problem, problem } from '../../core/model/problem.ts'
import { matchGlobs } from '../tree/globs.ts'
import type { HeldFolder } from '../tree/held-folder.ts'
import { mountPoints } from '../tree/mounts.ts'
import { kindOf } from '../tree/walk.ts'
import { Folders } from './folders.ts'
import { foldersAbove, nameOf, parentOf } from './paths.ts'
import { inPlaceBytesMax } from '../tree/in-place.ts'

/**
 * The permission ladder: how a path is written that may refuse. Each path is tried before anything starts.
 * - `normal`: a new file beside it, and a rename over it.
 * - `inode`: its folder is closed, the file itself is not: its content is written through it.
 * - `helper`: both are closed, and a program is configured that may.
 * - `skip`: nothing can write it, and it is declared optional.
 */
export type Rung = 'normal' | 'inode' | 'helper' | 'skip'

type Kind = 'file' | 'link' | 'dir'

/** What is to happen at a path. `mode`: permission bits, where they are known and matter. */
export interface LadderPath {
  readonly path: string
  readonly from: { readonly kind: Kind; readonly mode?: number } | null
  readonly to: { readonly kind: Kind; readonly mode?: number } | null
}

export interface LadderEntry {
  readonly path: string
  readonly rung: Rung | 'refused'
  /** Why it is no better rung. '' for `normal`. */
  readonly why: string
}

export interface LadderOptions {
  /** A helper is configured. */
  readonly helper: boolean
  /** Patterns as in `matchGlobs`. */
  readonly optional: readonly string[]
}

/** The rung of each path, in their order, as this process could write them now. Reads only. */
export function ladderFor(root: string, paths: readonly LadderPath[], options: LadderOptions): readonly LadderEntry[] {
  using rights = new Rights(root)
  const optional = matchGlobs(options.optional)
  return paths.map((asked) => rungOf(asked, rights.of(asked.path), options.helper, optional(asked.path)))
}

/** What this process may do at a path. */
export interface PathRights {
  /** Names can be made and removed where it lies, or would lie. */
  readonly folder: boolean
  /** The name that is there can be replaced: a sticky folder may forbid it. */
  readonly replace: boolean
  /** A file is there, and its content can be written. */
  readonly file: boolean
  /** Its mode can be changed. */
  readonly owned: boolean
  readonly mounted: boolean
  readonly bytes: number
}

/** Decides from what was read; pure. */
export function rungOf(asked: LadderPath, rights: PathRights, helper: boolean, optional: boolean): LadderEntry {
  const { path, from, to } = asked
  const entry = (rung: LadderEntry['rung'], why: string): LadderEntry => ({ path, rung, why })
  if (from?.kind === 'dir' && to?.kind === 'dir') {
    if (rights.owned) return entry('normal', '')
  } else if (rights.folder && !rights.mounted && (from === null || rights.replace)) return entry('normal', '')
  const why = rights.mounted ? 'it is mounted from elsewhere' : 'its folder is closed'
  const content = from?.kind === 'file' && to?.kind === 'file'
  if (content && rights.file && rights.bytes <= inPlaceBytesMax && (rights.owned || sameUse(from.mode, to.mode)))
    return entry('inode', why)
  const able = !rights.mounted && to?.kind !== 'link' && from?.kind !== 'link'
  if (helper && able) return entry('helper', why)
  const closed = content ? `${why}, and so is the file` : why
  return entry(optional ? 'skip' : 'refused', closed)
}

/** Who may not change a mode leaves it, unless a file would become a program or cease to be one. */
function sameUse(from: number | undefined, to: number | undefined): boolean {
  return from === undefined || to === undefined || (from & 0o111) === (to & 0o111)
}

/** What a plan says of paths that are not written the usual way. */
export function ladderWarnings(entries: readonly LadderEntry[]): readonly string[] {
  const of = (rung: Rung) => entries.filter((entry) => entry.rung === rung).map((entry) => entry.path)
  const [inode, helper, skip] = [of('inode'), of('helper'), of('skip')]
  const say = (paths: readonly string[], text: string) => (paths.length === 0 ? [] : [`${listed(paths)}: ${text}`])
  return [
    ...say(
      inode,
      'written through the file itself, since its folder is closed; a crash restores it from the saved copy',
    ),
    ...say(helper, 'written by the configured helper'),
    ...say(skip, 'left as it is: nothing may write it, and it is optional'),
  ]
}

/** null: all can be written, or may be left out. */
export function ladderRefusal(root: string, entries: readonly LadderEntry[]): Problem | null {
  const refused = entries.filter(({ rung }) => rung === 'refused')
  if (refused.length === 0) return null
  const paths = refused.map(({ path }) => path)
  return problem('E_PERMISSION', `Nothing may write ${listed(paths)} in ${root}: ${refused[0]?.why ?? ''}.`, {
    hint: 'Give belay\'s user the right to write there, configure "helper", or name what may stay as it is under "optional".',
    facts: { root, paths: paths.slice(0, pathsMax), count: paths.length },
  })
}

const pathsMax = 50
const listedMax = 3

export function listed(paths: readonly string[]): string {
  const more = paths.length - listedMax
  const names = paths.slice(0, listedMax).join(', ')
  return more > 0 ? `${names} and ${more} more` : names
}

interface FolderRights {
  readonly writable: boolean
  readonly sticky: boolean
}

class Rights implements Disposable {
  readonly #folders: Folders
  readonly #known = new Map<string, FolderRights | null>()
  readonly #mounts: ReadonlySet<string>
  readonly #real: string
  readonly #uid = process.getuid?.() ?? 0

  constructor(root: string) {
    this.#folders = new Folders(root)
    this.#mounts = new Set(mountPoints() ?? [])
    this.#real = realpathSync(root)
  }

  of(path: string): PathRights {
    const near = [...foldersAbove(path).toReversed(), ''].find((folder) => this.#rights(folder) !== null) ?? ''
    const folder = this.#rights(near) ?? { writable: false, sticky: false }
    const found = near === parentOf(path) ? this.#entry(path) : null
    const owned = found === null || this.#uid === 0 || found.stat.uid === this.#uid
    return {
      folder: folder.writable,
      replace: folder.writable && (!folder.sticky || owned),
      file: found?.writable ?? false,
      owned,
      mounted: this.#mounts.has(join(this.#real, path)),
      bytes: found?.stat.size ?? 0,
    }
  }

  #rights(path: string): FolderRights | null {
    const known = this.#known.get(path)
    if (known !== undefined) return known
    const folder = this.#folders.at(path)
    const rights = folder === null ? null : { writable: may(folder, '.'), sticky: this.#isSticky(folder.stat()) }
    this.#known.set(path, rights)
    return rights
  }

  #isSticky(stat: Stats): boolean {
    return (stat.mode & 0o1000) !== 0 && this.#uid !== 0 && stat.uid !== this.#uid
  }

  #entry(path: string): { readonly stat: Stats; readonly writable: boolean } | null {
    const folder = this.#folders.at(parentOf(path))
    if (folder === null) return null
    const stat = lstatSync(folder.at(nameOf(path)), { throwIfNoEntry: false })
    if (stat === undefined) return null
    return { stat, writable: kindOf(stat) === 'file' && may(folder, nameOf(path), constants.W_OK) }
  }

  [Symbol.dispose](): void {
    this.#folders[Symbol.dispose]()
  }
}

function may(folder: HeldFolder, name: string, mode = constants.W_OK | constants.X_OK): boolean {
  try {
    accessSync(folder.at(name), mode)
    return true
  } catch {
    return false
  }
}
