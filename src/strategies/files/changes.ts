import type { Difference } from '../../core/files/classify.ts'
import type { Way } from '../../core/files/fetch-way.ts'
import { type BaseFile, isClean, isCrlf, type LocalFile } from '../../core/files/local.ts'
import { treeEol } from '../../core/files/tree-eol.ts'
import type { FetchChange, RecordChange, SeenFile } from '../../core/plan/step.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import { placesOf } from './layout.ts'
import { type Look, recordedAs } from './look.ts'
import type { FilesConfig } from './schema.ts'

/** What the update does, path by path, as its steps carry it. */
export function changesOf({ line_endings: endings }: FilesConfig, seen: Look): readonly FetchChange[] {
  const { differences, tree, next, base, local } = seen
  const known = base.files ?? withoutSums(seen)
  const treeIs = treeEol(known, local)
  const crlfAt = (path: string): boolean => {
    if (endings !== 'auto') return endings === 'crlf'
    const [there, before] = [local.get(path), known.get(path)]
    return there?.kind === 'file' && before !== undefined && isClean(there, before)
      ? isCrlf(there, before)
      : treeIs === 'crlf'
  }
  return differences.flatMap(({ path, does, from }) => {
    if (does === null) return []
    const entry = next.get(path)
    const to = entry === undefined ? null : { mode: entry.mode, blob: entry.blob, file: tree.file({ ...entry, path }) }
    return [{ path, from: seenFile(from), to, crlf: crlfAt(path) }]
  })
}

/** The commit to come to, as what the tree may have been made from: what is equal tells how it was checked out. */
function withoutSums({ next }: Look): ReadonlyMap<string, BaseFile> {
  return new Map([...next].map(([path, { mode, blob }]) => [path, { mode, blob, sha256: null }]))
}

function seenFile(from: LocalFile): SeenFile {
  if (from.kind === 'file') return { sha256: from.sha256 }
  return from.kind === 'link' ? { link: from.target } : null
}

/** Only what the record does not say already: a plan is read by people, and kept. */
export function recordOf(seen: Look, context: StrategyContext): RecordChange {
  const { base, next, differences } = seen
  const comes = new Set(differences.flatMap(({ path, does }: Difference) => (does === 'replace' ? [path] : [])))
  const known = base.kind === 'record' ? base.files : new Map<string, BaseFile>()
  const files: (readonly [string, BaseFile | null])[] = []
  for (const [path, to] of next) {
    if (comes.has(path)) continue
    const file = recordedAs(path, to, seen)
    if (!sameEntry(known.get(path), file)) files.push([path, file])
  }
  for (const path of known.keys()) if (!next.has(path)) files.push([path, null])
  return { path: placesOf(context).record, base: base.kind === 'record' ? base.commit : null, files }
}

function sameEntry(a: BaseFile | undefined, b: BaseFile): boolean {
  return a !== undefined && a.blob === b.blob && a.mode === b.mode && a.sha256 === b.sha256 && a.crlf === b.crlf
}

/** What comes, twice where it is unpacked first, and the room for what it replaces. */
export function bytesOf(way: Way, wanted: readonly { readonly bytes: number | null }[], { differences }: Look): number {
  const fresh = wanted.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  const old = differences.reduce(
    (sum, { from, does }) => sum + (does !== null && from.kind === 'file' ? from.bytes : 0),
    0,
  )
  return 2 * fresh + old + (way.by === 'archive' ? 4 * way.bytes : 0)
}
