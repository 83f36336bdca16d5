import { type Finding, isMap, type Path } from './finding.ts'
import { isKeyText } from './key-text.ts'

/**
 * Where the config names places on this host. A relative one is meant from the config file's folder, wherever Belay is
 * started. Paths inside of a tree (`preserve`, `version.file`) and commands are not among them.
 */
const places: readonly (readonly string[])[] = [
  ['agent', 'state'],
  ['agent', 'log', 'file'],
  ['agent', 'tls', 'cert'],
  ['agent', 'tls', 'key'],
  ['agent', 'notify', '*', 'ca'],
  ['components', '*', 'source', 'root'],
  ['components', '*', 'trust', 'keys', 'minisign', '*'],
  ['components', '*', 'trust', 'attestation', 'trusted_root'],
  ['components', '*', 'trust', 'cosign', 'key'],
  ['components', '*', 'trust', 'cosign', 'trusted_root'],
  ['components', '*', 'trust', 'git', 'allowed_signers'],
  ['components', '*', 'trust', 'git', 'keyring'],
  ['components', '*', 'strategy', 'path'],
  ['components', '*', 'strategy', 'file'],
  ['components', '*', 'data', '*', 'path'],
  ['components', '*', 'data', '*', 'file'],
  ['components', '*', 'backups', 'path', '*'],
  ['components', '*', 'backups', 'copies', '*'],
]

/** The config with absolute paths, and those that cannot be made so. */
export function absolutePaths(
  config: unknown,
  baseDir: string,
): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  const change = (text: string, path: Path): string => {
    if (text === '' || isAbsolutePath(text) || isKeyText(text)) return text
    if (text === '~' || text.startsWith('~/')) {
      findings.push({ path, at: 'value', message: '~ stands for nobody here. Write the whole path' })
    }
    return resolvePath(baseDir, text)
  }
  const value = places.reduce((all, place) => mapAt(all, place, [], change), config)
  return { value, findings }
}

type Change = (text: string, path: Path) => string

function mapAt(value: unknown, place: readonly string[], path: Path, change: Change): unknown {
  const [key, ...rest] = place
  if (key === undefined) return typeof value === 'string' ? change(value, path) : value
  if (Array.isArray(value)) {
    return key === '*' ? value.map((entry: unknown, index) => mapAt(entry, rest, [...path, index], change)) : value
  }
  if (!isMap(value)) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([name, entry]) => [
      name,
      key === '*' || key === name ? mapAt(entry, rest, [...path, name], change) : entry,
    ]),
  )
}

/** Of this or another host: a config may be checked elsewhere than where it is used. */
export function isAbsolutePath(text: string): boolean {
  return text.startsWith('/') || /^[A-Za-z]:[\\/]/.test(text)
}

function resolvePath(base: string, text: string): string {
  const parts: string[] = []
  for (const part of [...base.split(/[\\/]/), ...text.split('/')]) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return /^[A-Za-z]:/.test(base) ? parts.join('\\') : `/${parts.join('/')}`
}
