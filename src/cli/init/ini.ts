/** Section → key → values, in order; keys as written. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

/**
 * Systemd units and Python's config files, as far as they agree: `[Section]`, `key = value` or `key: value`, comments
 * with `#` or `;` at the start of a line, a value that goes on after `\`. Lines that are none of these are skipped.
 */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string[]>>()
  let keys: Map<string, string[]> | null = null
  for (const line of text
    .replace(/^\ufeff/, '')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1]
    if (heading !== undefined) {
      keys = sections.get(heading) ?? new Map<string, string[]>()
      sections.set(heading, keys)
      continue
    }
    const [, key, value] = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (keys === null || key === undefined || value === undefined) continue
    keys.set(key, [...(keys.get(key) ?? []), unquote(value)])
  }
  return sections
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value
}

/** The last value wins, as with both kinds of file; keys are compared without regard to case. */
export function last(ini: Ini, section: string, key: string): string | null {
  const keys = [...(ini.get(section) ?? [])].filter(([name]) => name.toLowerCase() === key.toLowerCase())
  const value = keys.flatMap(([, values]) => values).at(-1)
  return value === undefined || value === '' ? null : value
}
