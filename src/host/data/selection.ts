import { constants } from 'node:fs'
import { lstat, open, opendir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { matchGlobs } from '../tree/globs.ts'
import { type EntryKind, byCodeUnits, kindOf } from '../tree/walk.ts'
import type { PathData } from './path-keys.ts'
import { isSqlite, sqliteCompanions } from './sqlite.ts'

/** Which entries of a folder are saved, by their relative path: true, false, or only what is in it. */
export type Selected = (path: string, kind: EntryKind) => boolean | 'inside'

export function selectionOf({ include, exclude }: Pick<PathData, 'include' | 'exclude'>): Selected {
  const [included, excluded] = [matchGlobs(include), matchGlobs(exclude)]
  return (path, kind) => {
    if (excluded(path)) return false
    if (include.length === 0 || included(path)) return true
    return kind === 'folder' ? 'inside' : false
  }
}

export function mayBeMissing({ optional }: PathData): (path: string) => boolean {
  return typeof optional === 'boolean' ? () => optional : matchGlobs(optional)
}

/** What a folder holds for a backup. `bytes` is what the copy will need. */
export interface Survey {
  /** Not saved although selected: sockets and the like, and what is optional and cannot be read. */
  readonly left: readonly string[]
  /** Databases: a copy of the file alone would be one that no program ever wrote. */
  readonly databases: readonly string[]
  readonly companions: ReadonlySet<string>
  readonly bytes: number
}

/** By opening, as the copy will: mode bits say little about ACLs, network shares and capabilities. */
async function whyUnreadable(path: string, kind: EntryKind): Promise<Error | null> {
  try {
    if (kind === 'folder') await (await opendir(path)).close()
    else await (await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)).close()
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function cannotRead(path: string, cause: Error) {
  return fail('E_BACKUP_FAILED', `${path} cannot be read, so the backup would be incomplete`, {
    hint: 'Run belay as root; or exclude it, or declare it as "optional".',
    facts: { path },
    cause,
  })
}

/** Looks at everything that is selected before anything is copied. E_BACKUP_FAILED names what cannot be read. */
export async function survey(dir: string, data: PathData, signal: AbortSignal): Promise<Survey> {
  const selected = selectionOf(data)
  const optional = mayBeMissing(data)
  const left: string[] = []
  const databases: string[] = []
  let bytes = 0
  const closed = async (path: string, kind: EntryKind) => {
    const error = await whyUnreadable(join(dir, path), kind)
    if (error === null) return false
    if (!optional(path)) throw cannotRead(join(dir, path), error)
    left.push(path)
    return true
  }
  const visit = async (prefix: string): Promise<void> => {
    for (const { name, kind, bytes: size } of await entriesOf(join(dir, prefix))) {
      signal.throwIfAborted()
      const path = prefix === '' ? name : `${prefix}/${name}`
      const taken = selected(path, kind)
      if (taken === false) continue
      if (kind === 'folder' && !(await closed(path, kind))) await visit(path)
      if (kind === 'special' && taken === true) left.push(path)
      if (kind !== 'file' || taken !== true || (await closed(path, kind))) continue
      bytes += size
      if (await isSqlite(join(dir, path))) databases.push(path)
    }
  }
  await visit('')
  const companions = new Set(databases.flatMap((path) => sqliteCompanions.map((suffix) => `${path}${suffix}`)))
  return { left, databases, companions, bytes }
}

async function entriesOf(dir: string) {
  const names = (await readdir(dir)).toSorted(byCodeUnits)
  return Promise.all(
    names.map(async (name) => {
      const stat = await lstat(join(dir, name))
      return { name, kind: kindOf(stat), bytes: stat.size }
    }),
  )
}
