export interface Assignment {
  readonly key: string
  readonly value: string
}

/** What a unit's files assign in one section, in their order; lines that go on are joined. */
export function assignmentsIn(definition: string, wanted: string): readonly Assignment[] {
  const found: Assignment[] = []
  let section = ''
  for (const line of definition.replaceAll(/\\\n\s*/g, ' ').split('\n')) {
    const text = line.trim()
    if (text === '' || text.startsWith('#') || text.startsWith(';')) continue
    const heading = /^\[(.+)\]$/.exec(text)
    if (heading !== null) section = heading[1] ?? ''
    const at = text.indexOf('=')
    if (heading === null && section === wanted && at > 0) {
      found.push({ key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() })
    }
  }
  return found
}
