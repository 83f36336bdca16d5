import { createHash } from 'node:crypto'
import { basename } from 'node:path'

/** What PostgreSQL allows is the least: it cuts longer names without a word. */
const nameBytesMax = 63

/** The databases that a restore makes beside the one that it restores. All lie on the same server. */
export interface DatabaseNames {
  /** Grows; nothing in it is worth keeping. */
  readonly part: string
  /** Whole, on its way to its place. */
  readonly fresh: string
  /** The data as it was before the restore. */
  readonly kept: string
  /** A restored copy that was taken back. */
  readonly undone: string
}

/**
 * Derived from `aside`, so from the run: a replay finds what was begun. A run's first data keeps the plain
 * `NAME_belay_RUN`; a number tells its others apart.
 */
export function databaseNames(database: string, aside: string): DatabaseNames {
  const runs = [...basename(aside).matchAll(/r-[0-9a-f]{8,32}(?:-\d{1,4})?/g)].map(([text]) => text)
  const tag = runs.at(-1)?.replace(/-0$/, '') ?? createHash('sha256').update(aside).digest('hex').slice(0, 12)
  const named = (word: string) =>
    `${shortened(database, nameBytesMax - `_belay_${tag}${word}`.length)}_belay_${tag}${word}`
  return { part: named('_part'), fresh: named('_new'), kept: named(''), undone: named('_undone') }
}

function shortened(text: string, bytesMax: number): string {
  let result = text
  while (Buffer.byteLength(result) > bytesMax || !result.isWellFormed()) result = result.slice(0, -1)
  return result
}
