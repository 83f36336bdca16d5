import { type Copied, copyTree } from './copy.ts'
import { databaseOf, matchKept } from './companions.ts'

export interface CarryJob {
  readonly from: string
  readonly to: string
  /** As in `matchGlobs`. */
  readonly patterns: readonly string[]
  readonly signal: AbortSignal
  readonly onBytes?: (bytes: number) => void
}

/**
 * Copies what matches the patterns from one tree into another, where it wins over what is there. Files that only the
 * other tree has stay: a new version may ship new defaults. But what SQLite keeps beside a database comes and goes with
 * it: left over from an earlier copy, it would be applied to the newer one. Sockets and their like are left behind: they belong to the
 * process that made them. Doing it again is fine. Errors: as `copyTree`.
 */
export async function carryPaths({ from, to, patterns, signal, onBytes }: CarryJob): Promise<Copied> {
  const matches = matchKept(patterns)
  return copyTree(from, to, {
    filter: (path, kind) => matches(path) || (kind === 'folder' ? 'inside' : false),
    special: 'skip',
    companions: databaseOf,
    signal,
    ...(onBytes === undefined ? {} : { onBytes }),
  })
}
