/** `KEY=value` lines as compose reads them: comments, `export`, quotes. */
export function parseDotenv(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const [, key, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) values.set(key, unquoted(value))
  }
  return values
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(value)
  return quoted === null ? value.replace(/\s+#.*$/, '') : (quoted[2] ?? '')
}

const variable = /\$(?:\$|\{([A-Za-z_]\w*)(?:(:?[-?+])([^{}]*))?\}|([A-Za-z_]\w*))/g

/** Variables filled in, `$$` as `$`. One that has no value here stays as it was written. */
export function fill(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(
    variable,
    (whole: string, braced?: string, operator?: string, word?: string, bare?: string): string => {
      const name = braced ?? bare
      if (name === undefined) return '$'
      const value = values.get(name)
      const known = value !== undefined && (value !== '' || operator?.startsWith(':') !== true)
      if (operator?.endsWith('+') === true) return known ? (word ?? '') : ''
      if (known) return value
      return operator?.endsWith('-') === true ? (word ?? '') : whole
    },
  )
}
