import type { ArchiveLimits } from './limits.ts'
import { hostile } from './problems.ts'

/**
 * Names of archive entries come from whoever made the archive. A name that passes here is a list of plain segments
 * below the root: joining it to a directory cannot leave that directory, whatever the platform.
 */
export function parseEntryName(
  raw: string,
  limits: ArchiveLimits,
  platform: string = process.platform,
): readonly string[] {
  const fault = nameFault(raw)
  if (fault !== null) throw hostile(raw, fault)
  const segments = raw.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.includes('..')) throw hostile(raw, 'has a ".." segment')
  if (Buffer.byteLength(raw) > limits.pathBytesMax) throw hostile(raw, 'has a name that is too long')
  if (segments.length > limits.depthMax) throw hostile(raw, 'lies too deep')
  for (const segment of segments) {
    if (Buffer.byteLength(segment) > limits.segmentBytesMax) throw hostile(raw, 'has a segment that is too long')
    if (platform === 'win32' && windowsFault.test(segment))
      throw hostile(raw, 'has a name that Windows gives a meaning')
  }
  return segments
}

/** The target of a link as written in an archive: relative, without the characters that mean different things elsewhere. */
export function parseLinkTarget(entry: string, raw: string, limits: ArchiveLimits): string {
  const fault = nameFault(raw)
  if (fault !== null) throw hostile(entry, `links to a target that ${fault}`)
  if (Buffer.byteLength(raw) > limits.pathBytesMax) throw hostile(entry, 'links to a target that is too long')
  return raw
}

/**
 * One spelling for all names that some file system holds for the same: macOS folds case and Unicode normalisation,
 * Windows folds case. Two entries that agree here would overwrite each other there.
 */
export function foldName(segment: string): string {
  if (ascii.test(segment)) return segment.toLowerCase()
  return segment.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC')
}

function nameFault(raw: string): string | null {
  if (raw === '') return 'has an empty name'
  if (raw.startsWith('/')) return 'has an absolute name'
  if (raw.includes('\\')) return 'has a backslash in its name'
  if (/^[A-Za-z]:/.test(raw)) return 'has a drive letter in its name'
  if (control.test(raw)) return 'has control characters in its name'
  if (raw.includes('\ufffd')) return 'has a name that is not UTF-8'
  return null
}

const ascii = /^[ -~]*$/
// Control characters of ASCII and Latin-1; and those that turn the reading direction, which make a name lie on a screen.
const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const windowsFault = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
