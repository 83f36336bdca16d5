/** What the text of an administrator's haproxy.cfg says. It is never written. */

interface Section {
  readonly kind: string
  readonly name: string
  readonly lines: readonly (readonly string[])[]
}

const kinds: ReadonlySet<string> = new Set([
  'global',
  'defaults',
  'frontend',
  'backend',
  'listen',
  'peers',
  'resolvers',
  'userlist',
  'program',
])

function sectionsIn(text: string): readonly Section[] {
  const sections: { kind: string; name: string; lines: (readonly string[])[] }[] = []
  for (const line of text.split('\n')) {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
    const [kind = '', name = ''] = words
    if (kinds.has(kind)) sections.push({ kind, name, lines: [] })
    else if (kind !== '') sections.at(-1)?.lines.push(words)
  }
  return sections
}

/** The lines that the backend lacks for its servers to be after a start what they were before; empty: none. */
export function missingLines(text: string, backend: string, file: string): readonly string[] {
  const sections = sectionsIn(text)
  const own = sectionOf(sections, backend)
  // `defaults` are those of the last such section before it.
  const before = own === undefined ? sections : sections.slice(0, sections.indexOf(own))
  const defaults = before.findLast(({ kind }) => kind === 'defaults')
  const find = (key: string, ...among: readonly (Section | undefined)[]) =>
    among.map((section) => section?.lines.find(([word]) => word === key)?.[1]).find((value) => value !== undefined)
  const global = sections.find(({ kind }) => kind === 'global')
  const mode = find('load-server-state-from-file', own, defaults)
  if (mode === 'global' && find('server-state-file', global) === file) return []
  const base = find('server-state-base', global)
  const named = find('server-state-file-name', own)
  const read = named === undefined || named.startsWith('/') ? named : `${base ?? ''}/${named}`
  return [
    ...(read === file ? [] : [`server-state-file-name ${file}`]),
    ...(mode === 'local' ? [] : ['load-server-state-from-file local']),
  ]
}

/** Lines that send people back to the server that they had: one that is drained goes on getting those. */
export function stickyLines(text: string, backend: string): readonly string[] {
  const lines = sectionOf(sectionsIn(text), backend)?.lines ?? []
  const sticks = ([word = '', second = '']: readonly string[]) =>
    word === 'cookie' || (word === 'stick' && (second === 'on' || second === 'match'))
  return lines.filter(sticks).map((words) => words.join(' '))
}

function sectionOf(sections: readonly Section[], backend: string): Section | undefined {
  return sections.findLast(({ kind, name }) => (kind === 'backend' || kind === 'listen') && name === backend)
}
