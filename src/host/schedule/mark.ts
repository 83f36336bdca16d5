import { createHash } from 'node:crypto'

/** Whose a text is: a text of ours that somebody edited is theirs. */
export type Owner = 'ours' | 'edited' | 'foreign'

const marker = /^.*belay-schedule ([0-9a-f]{16}): .*$/m
const lookLinesMax = 4

/** The first 16 hex digits of the SHA-256 of all that is not the marker's own line. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

export function marking(text: string): string {
  return `belay-schedule ${fingerprint(text)}: written by "belay service install"; once edited, belay leaves it alone`
}

/** Puts the line that tells whose a text is before its line number `at`, from 0 on. */
export function marked(text: string, comment: (words: string) => string, at = 0): string {
  const lines = text.split('\n')
  return [...lines.slice(0, at), comment(marking(text)), ...lines.slice(at)].join('\n')
}

export function ownerOf(text: string): Owner {
  const lines = text.split('\n')
  const index = lines.slice(0, lookLinesMax).findIndex((line) => marker.test(line))
  const found = marker.exec(lines[index] ?? '')?.[1]
  if (found === undefined) return 'foreign'
  const rest = lines.filter((_, number) => number !== index).join('\n')
  return fingerprint(rest) === found ? 'ours' : 'edited'
}
