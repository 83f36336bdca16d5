import { matchesGlob } from 'node:path'

/**
 * Patterns of `preserve`, `include` and `exclude`, as a test on relative paths with slashes.
 *
 * A pattern is compared segment by segment from the root of the tree: `temp` is the folder or file `temp` there, never
 * part of a name. `**` stands for any number of segments; `*`, `?`, `[…]`, `{…}` stay within one, and match names that
 * begin with a dot too. What matches a folder covers everything in it.
 */
export function matchGlobs(patterns: readonly string[]): (relativePath: string) => boolean {
  const compiled = patterns.map(compile)
  return (relativePath) => {
    const path = segmentsOf(relativePath)
    return compiled.some((pattern) => covers(pattern, path, 0, 0))
  }
}

type Segment = '**' | ((name: string) => boolean)

function compile(pattern: string): readonly Segment[] {
  return segmentsOf(pattern).map((segment) => {
    if (segment === '**') return '**'
    if (segment === '*') return () => true
    if (!/[*?[\]{}()!+@\\]/.test(segment)) return (name) => name === segment
    // The letter in front takes the special meaning from a leading dot, `!` or `#`: a segment has none of its own.
    return (name) => matchesGlob(`x${name}`, `x${segment}`)
  })
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.')
}

function covers(pattern: readonly Segment[], path: readonly string[], p: number, at: number): boolean {
  const segment = pattern[p]
  if (segment === undefined) return p > 0
  if (segment === '**') {
    // At the end it means what lies in the folder, not the folder itself.
    if (p === pattern.length - 1) return at < path.length
    for (let skip = at; skip <= path.length; skip += 1) if (covers(pattern, path, p + 1, skip)) return true
    return false
  }
  const name = path[at]
  return name !== undefined && segment(name) && covers(pattern, path, p + 1, at + 1)
}
