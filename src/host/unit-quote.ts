const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0')

/** One word of a unit. systemd.syntax(7): C escapes inside double quotes, and `%` starts a specifier everywhere. */
export function unitQuoted(text: string): string {
  const escaped = text.replace(/[\\"\p{Cc}%]/gu, (char) => {
    if (char === '%') return '%%'
    if (char === '\\' || char === '"') return `\\${char}`
    const code = char.charCodeAt(0)
    return code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
  })
  return `"${escaped}"`
}

/** systemd.service(5): `$` expands in the arguments, and not in the program's path. */
export function unitCommandLine(argv: readonly string[]): string {
  return argv
    .map((word, index) => (index === 0 ? unitQuoted(word) : unitQuoted(word).replaceAll('$', '$$$$')))
    .join(' ')
}

/** One line of the `[Service]` section. */
export function unitEnvironment(name: string, value: string): string {
  return `Environment=${unitQuoted(`${name}=${value}`)}`
}
