import { foldPath } from './paths.ts'

/**
 * Never touched, whatever the config or a listing says: secrets, databases, what git and Belay keep. `.env.example` and
 * its like hold no secrets and are part of what is published.
 */
const always: readonly string[] = [
  '**/.env',
  '**/.env.*',
  '**/*.sqlite3',
  '**/.git',
  '**/.update_backups',
  '**/.belay~*',
  '**/.*.belay',
]
const published = /(?:^|\/)\.env\.(?:.*\.)?(?:example|sample|template|dist|defaults?)$/

/**
 * A test for relative paths. Patterns are compared segment by segment from the root, as those of `preserve`: `**` is any
 * number of folders; `*`, `?`, `[…]`, `{a,b}` stay within a name; what matches a folder covers all in it. Unlike those
 * they know no case and no spelling: on the file system where `.ENV` is `.env` it must not be a way around.
 */
export function protection(patterns: readonly string[]): (path: string) => boolean {
  const fixed = always.map(patternRegExp)
  const wanted = patterns.map(patternRegExp)
  const known = new Map<string, boolean>()
  return (path) => {
    const before = known.get(path)
    if (before !== undefined) return before
    const folded = foldPath(path)
    const is =
      wanted.some((one) => one.test(folded)) || (!published.test(folded) && fixed.some((one) => one.test(folded)))
    known.set(path, is)
    return is
  }
}

/** Matches the path itself and everything below it. */
function patternRegExp(pattern: string): RegExp {
  const segments = foldPattern(pattern)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
  const last = segments.at(-1)
  const body = segments
    .map((segment, i) => {
      if (segment === '**') return i === segments.length - 1 ? '[^/]+' : '(?:[^/]+/)*'
      return segmentSource(segment) + (i === segments.length - 1 ? '' : '/')
    })
    .join('')
  // A pattern without a name in it would be everything, which nobody means by an empty line.
  return last === undefined ? /(?!)/ : new RegExp(`^${body}(?:/.*)?$`, 'su')
}

/** The path's own folding, which leaves dots at the end of a pattern's `*.` alone. */
function foldPattern(pattern: string): string {
  return pattern
    .split('/')
    .map((segment) => (/[*?]$/.test(segment) ? foldPath(`${segment}x`).slice(0, -1) : foldPath(segment)))
    .join('/')
}

function segmentSource(segment: string): string {
  let source = ''
  let depth = 0
  for (let at = 0; at < segment.length; at += 1) {
    const char = segment[at] ?? ''
    const end = char === '[' ? segment.indexOf(']', at + 2) : -1
    if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else if (end !== -1) {
      source += classSource(segment.slice(at + 1, end))
      at = end
    } else if (char === '{' && segment.includes('}', at)) {
      depth += 1
      source += '(?:'
    } else if (char === '}' && depth > 0) {
      depth -= 1
      source += ')'
    } else if (char === ',' && depth > 0) source += '|'
    else source += escaped(char)
  }
  return source + ')'.repeat(depth)
}

function classSource(inside: string): string {
  const negated = /^[!^]/.test(inside)
  const chars = (negated ? inside.slice(1) : inside).replaceAll(/[\\[\]^]/g, String.raw`\$&`)
  return `[${negated ? '^/' : ''}${chars}]`
}

function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
}
