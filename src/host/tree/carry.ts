import { type Copied, copyTree } from './copy.ts'
import { matchGlobs } from './globs.ts'

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
 * other tree has stay: a new version may ship new defaults. Sockets and their like are left behind: they belong to the
 * process that made them. Doing it again is fine. Errors: as `copyTree`.
 */
export async function carryPaths({ from, to, patterns, signal, onBytes }: CarryJob): Promise<Copied> {
  const matches = matchGlobs(patterns)
  return copyTree(from, to, {
    filter: (path, kind) => matches(path) || (kind === 'folder' ? 'inside' : false),
    special: 'skip',
    signal,
    ...(onBytes === undefined ? {} : { onBytes }),
  })
}
