import { matchGlobs } from './globs.ts'

/**
 * What SQLite keeps beside a database of that name: committed rows that are not in it yet (`-wal`), how to undo what was
 * not (`-journal`), an index of the first (`-shm`). A database without its own loses data; one with another's is damaged.
 */
export function databaseOf(name: string): string | null {
  return /^(.+)-(?:wal|journal|shm)$/s.exec(name)?.[1] ?? null
}

/** Patterns of a user's files: what SQLite keeps beside one of them belongs to it. */
export function matchKept(patterns: readonly string[]): (relativePath: string) => boolean {
  const matches = matchGlobs(patterns)
  return (path) => {
    if (matches(path)) return true
    const database = databaseOf(path)
    return database !== null && matches(database)
  }
}
