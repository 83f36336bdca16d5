const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const zero = /\p{Mn}|\p{Me}|\p{Cf}/u

const colour = /\u001b\[[0-9;]*m/g

/** Columns that a text takes on a terminal; colours take none, other control characters must not be in it. */
export function width(text: string): number {
  let columns = 0
  for (const char of text.replace(colour, '')) {
    if (char < '\u0300') columns += 1
    else if (!zero.test(char)) columns += wide.test(char) ? 2 : 1
  }
  return columns
}

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

/** The text itself, or as much of it as fits before `ellipsis`. */
export function fit(text: string, columns: number, ellipsis: string): string {
  if (width(text) <= columns) return text
  const room = columns - width(ellipsis)
  if (room <= 0) return ''
  let taken = ''
  let used = 0
  for (const char of text) {
    used += width(char)
    if (used > room) break
    taken += char
  }
  return taken.trimEnd() + ellipsis
}

/** Words over as many lines as needed, each starting with `indent`; a word longer than a line stays whole. */
export function wrap(text: string, columns: number | null, indent: string): string[] {
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(20, columns - width(indent))
  return text.split('\n').flatMap((paragraph) => {
    const [start = '', ...words] = paragraph.split(' ')
    const lines: string[] = []
    let line = start
    for (const word of words) {
      if (line.trim() !== '' && width(line) + 1 + width(word) > room) {
        lines.push(line)
        line = word
      } else {
        line = `${line} ${word}`
      }
    }
    return [...lines, line].map((each) => (indent + each).trimEnd())
  })
}
