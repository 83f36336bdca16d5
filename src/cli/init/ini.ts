/** A value and the line that its key is on. */
export interface IniValue {
  readonly value: string
  readonly line: number
}

/** Section → key → values, in order; names as written. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, readonly IniValue[]>>

/**
 * Systemd units, git's and Python's config files, as far as they agree: `[Section]`, `key = value` or `key: value`,
 * comments with `#` or `;` at the start of a line, a value that goes on after `\`. Lines that are none of these are skipped.
 */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, IniValue[]>>()
  let keys: Map<string, IniValue[]> | null = null
  for (const { text: line, at } of wholeLines(text)) {
    const heading = /^\[([^\]]+)\]$/.exec(line)?.[1]
    if (heading !== undefined) {
      keys = sections.get(heading) ?? new Map<string, IniValue[]>()
      sections.set(heading, keys)
      continue
    }
    const sign = line.search(/[=:]/)
    if (keys === null || sign < 1 || /^[#;]/.test(line)) continue
    const key = line.slice(0, sign).trimEnd()
    const values = keys.get(key) ?? []
    values.push({ value: unquote(line.slice(sign + 1).trim()), line: at })
    keys.set(key, values)
  }
  return sections
}

function wholeLines(text: string): readonly { readonly text: string; readonly at: number }[] {
  const lines: { text: string; at: number }[] = []
  let goesOn = false
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const open = line.endsWith('\\')
    const part = open ? line.slice(0, -1) : line
    const before = lines.at(-1)
    if (goesOn && before !== undefined) before.text += ` ${part}`
    else lines.push({ text: part, at: index + 1 })
    goesOn = open
  }
  return lines.map(({ text: whole, at }) => ({ text: whole.trim(), at }))
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value
}

/** The last value wins, as with all of these files; names are compared without regard to case. null: none, or empty. */
export function find(ini: Ini, section: string, key: string): IniValue | null {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  const keys = [...ini].filter(([name]) => same(name, section)).flatMap(([, all]) => [...all])
  const value = keys
    .filter(([name]) => same(name, key))
    .flatMap(([, values]) => values)
    .toSorted((a, b) => a.line - b.line)
    .at(-1)
  return value === undefined || value.value === '' ? null : value
}

export function last(ini: Ini, section: string, key: string): string | null {
  return find(ini, section, key)?.value ?? null
}

export function hasSection(ini: Ini, section: string): boolean {
  return [...ini.keys()].some((name) => name.toLowerCase() === section.toLowerCase())
}
