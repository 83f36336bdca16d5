/** One `KEY=value` of a file, with the line that it is on. */
export interface Variable {
  readonly value: string
  readonly line: number
}

export type Variables = ReadonlyMap<string, Variable>

/**
 * `KEY=value` lines: comments, `export`, quotes; the last one of a key counts. Lines that are none are passed over, as
 * Python's readers of such files do (a published example has one that is a single dot).
 */
export function readVariables(text: string): Variables {
  const found = new Map<string, Variable>()
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const sign = line.indexOf('=')
    if (sign < 1) continue
    const key = line
      .slice(0, sign)
      .trim()
      .replace(/^export\s+/, '')
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) continue
    found.set(key, { value: unquoted(line.slice(sign + 1).trim()), line: at + 1 })
  }
  return found
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(value)
  return quoted === null ? value.replace(/(?:^|\s)#.*$/, '').trimEnd() : (quoted[2] ?? '')
}

/** null: it is not there, or empty. */
export function filled(variables: Variables, key: string): Variable | null {
  const found = variables.get(key)
  return found === undefined || found.value === '' ? null : found
}
