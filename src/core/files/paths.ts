/**
 * Paths of a listing come from whoever may push to the repository. Parties: that person, who may be hostile; the user,
 * whose `.env` and data must not be reached under another spelling; the file system, which may hold several spellings
 * for one file. A tree with one path that fails here is refused whole: nobody publishes such a path by mistake.
 */

const pathBytesMax = 4096
const segmentBytesMax = 255
const segmentsMax = 64

// Control characters, and those that turn the reading direction, which make a name lie on a screen.
const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const encoder = new TextEncoder()
const ascii = /^[ -~]*$/

/** Why a path of a listing cannot be written inside a folder, as the rest of a sentence; null: it can. */
export function pathFault(path: string): string | null {
  if (path === '') return 'is empty'
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute'
  if (path.includes('\\')) return 'has a backslash, which is a folder on Windows'
  if (control.test(path)) return 'has control characters'
  if (path.includes('\ufffd')) return 'is not UTF-8'
  if (encoder.encode(path).length > pathBytesMax) return 'is too long'
  const segments = path.split('/')
  if (segments.length > segmentsMax) return 'lies too deep'
  for (const segment of segments) {
    const fault = segmentFault(segment)
    if (fault !== null) return fault
  }
  return null
}

function segmentFault(segment: string): string | null {
  if (segment === '') return 'has an empty segment'
  if (segment === '.' || segment === '..') return `has a segment "${segment}"`
  if (segment.length > segmentBytesMax / 4 && encoder.encode(segment).length > segmentBytesMax)
    return 'has a segment that is too long'
  if (isDotGit(segment)) return 'lies in .git, or in what some file systems take for it'
  return null
}

/**
 * `.git` as some file system may read it: in capitals, with dots and spaces behind it, as a stream or as its short name
 * (NTFS), with characters that HFS+ passes over.
 */
function isDotGit(segment: string): boolean {
  if (!/g/i.test(segment)) return false
  const name = foldSegment(segment.replaceAll(/\p{Cf}/gu, '').split(':')[0] ?? '')
  return name === '.git' || /^git~\d+$/.test(name)
}

/**
 * One spelling for all that some file system holds for the same file: case, Unicode normalisation, dots and spaces at
 * the end of a name.
 */
export function foldPath(path: string): string {
  if (ascii.test(path) && !/[. ](?:\/|$)/.test(path)) return path.toLowerCase()
  return path.split('/').map(foldSegment).join('/')
}

function foldSegment(segment: string): string {
  const folded = ascii.test(segment)
    ? segment.toLowerCase()
    : segment
        .normalize('NFD')
        .toUpperCase()
        .toLowerCase()
        .normalize('NFC')
        .replaceAll(/\p{Cf}/gu, '')
  const bare = folded.replace(/[. ]+$/, '')
  return bare === '' ? folded : bare
}

export interface PathFault {
  readonly path: string
  readonly fault: string
}

/**
 * The first path of a listing that cannot stand beside the others; null: all can. `foldsCase`: the file system takes
 * `A` and `a` for one name, as it may with `é` in its two spellings. Elsewhere two such files are two.
 */
export function listingFault(paths: readonly string[], foldsCase: boolean): PathFault | null {
  const seen = new Map<string, string>()
  const exact = new Set<string>()
  for (const path of paths) {
    const fault = pathFault(path)
    if (fault !== null) return { path, fault }
    if (exact.has(path)) return { path, fault: 'is listed twice' }
    exact.add(path)
    if (!foldsCase) continue
    const other = seen.get(foldPath(path))
    if (other !== undefined) return { path, fault: `is one name with ${other} on this file system` }
    seen.set(foldPath(path), path)
  }
  return blockedByFile(paths, foldsCase ? new Map([...seen.keys()].map((key) => [key, key])) : exact, foldsCase)
}

/** Something below a path that is a file, or worse a link: written through it, it would land elsewhere. */
function blockedByFile(
  paths: readonly string[],
  files: { readonly has: (path: string) => boolean },
  foldsCase: boolean,
): PathFault | null {
  const free = new Set<string>()
  for (const path of paths) {
    const spelled = foldsCase ? foldPath(path) : path
    for (let at = spelled.lastIndexOf('/'); at > 0; at = spelled.lastIndexOf('/', at - 1)) {
      const folder = spelled.slice(0, at)
      if (free.has(folder)) break
      if (files.has(folder)) return { path, fault: `lies below ${folder}, which is a file or a link` }
      free.add(folder)
    }
  }
  return null
}
