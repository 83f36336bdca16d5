import { type ManifestPath, type Reason, reason } from './facts.ts'

/** What no manifest may hold anywhere, whatever its shape: programs, blanks that nobody filled in, names that mean something to the language that reads them. */

const reasonsMax = 50

/** Ways in which other formats say "run this". */
const programKeys: ReadonlySet<string> = new Set(['command', 'cmd', 'exec', 'shell', 'run', 'bash', 'sh', 'powershell'])
const programActions: ReadonlySet<string> = new Set([
  'exec',
  'execute',
  'shell',
  'bash',
  'sh',
  'cmd',
  'command',
  'run',
  'run_command',
  'run_script',
  'powershell',
  'python',
  'eval',
])
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Every reason in any text or key of what was read, in its order. */
export function textReasons(value: unknown): readonly Reason[] {
  const found: Reason[] = []
  look(value, [], found)
  return found
}

function look(value: unknown, path: ManifestPath, found: Reason[]): void {
  if (found.length >= reasonsMax) return
  if (typeof value === 'string') {
    const blank = placeholderIn(value, path)
    if (blank !== null)
      found.push(reason(path, `${JSON.stringify(blank)} was never filled in: write what it stands for`))
  } else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) look(entry, [...path, index], found)
  } else if (typeof value === 'object' && value !== null) lookInto(value, path, found)
}

function lookInto(map: object, path: ManifestPath, found: Reason[]): void {
  const entries = Object.entries(map)
  const program = entries.find(([key, entry]) => isProgram(key, entry))
  for (const [key, entry] of entries) {
    const here = [...path, key]
    if (forbiddenKeys.has(key)) found.push(reason(here, 'this name cannot be a key', 'key'))
    // An entry that runs a program is told of once, whatever else it says of it.
    if (key === program?.[0]) found.push(reason(here, programWords(key, entry), isTag(key) ? 'value' : 'key'))
    else look(entry, here, found)
  }
}

function isProgram(key: string, value: unknown): boolean {
  if (programKeys.has(key.toLowerCase())) return true
  return isTag(key) && typeof value === 'string' && programActions.has(value.toLowerCase())
}

function isTag(key: string): boolean {
  return key === 'action' || key === 'type'
}

function programWords(key: string, value: unknown): string {
  const what = isTag(key) ? `${key} ${JSON.stringify(value)}` : key
  return `${what} would run a program: a manifest describes an update, programs come from the config of the host alone`
}

/**
 * Text that a release script should have replaced. `TIMESTAMP` is no such text: it stands for the time of the run in the
 * name of a backup. Descriptions may speak of `<b>` and the like, so only what is written like a blank counts there.
 */
export function placeholderIn(text: string, path: ManifestPath = []): string | null {
  const key = path.at(-1)
  const prose = key === 'description' || key === 'message' || key === 'note'
  const patterns = prose ? proseBlanks : blanks
  for (const pattern of patterns) {
    const match = pattern.exec(text)?.[0]
    if (match !== undefined) return match.slice(0, 60)
  }
  return null
}

const sure = [
  /\bRELEASE_VERSION\b/,
  /\$\{[^}]{0,200}\}/,
  /\{\{[^}]{0,200}\}\}/,
  /<[A-Z0-9][A-Z0-9_ -]{0,100}>/,
] as const
const proseBlanks: readonly RegExp[] = sure
const blanks: readonly RegExp[] = [
  ...sure,
  /<[^<>]{0,200}>/,
  /\$[A-Za-z_]\w{0,100}/,
  /%[A-Z_]{3,100}%/,
  /\b(?!TIMESTAMP\b)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:VERSION|TAG|SHA256|CHECKSUM)(?:_HERE)?\b/,
  /\b(?:CHANGEME|CHANGE_ME|REPLACE_ME|TODO|FIXME)\b/,
]
