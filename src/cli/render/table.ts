import type { Look, Tone } from '../terminal/look.ts'
import { fit, pad, width, wrap } from '../terminal/width.ts'

export interface Cell {
  readonly text: string
  readonly tone?: Tone
}

const gap = '  '

/**
 * Columns as wide as their content; on a terminal the last one is cut. A row that would lose a whole cell takes more lines
 * instead, and a head that would is left out.
 */
export function table(
  rows: readonly (readonly Cell[])[],
  look: Look,
  options: { readonly head?: readonly string[] } = {},
): string[] {
  const { head } = options
  const all = head === undefined ? rows : [head.map((text): Cell => ({ text, tone: 'quiet' })), ...rows]
  const count = Math.max(0, ...all.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...all.map((row) => width(look.text(row[at]?.text ?? '')))),
  )
  return all.flatMap((row, at) => line(row, widths, look) ?? (head !== undefined && at === 0 ? [] : folded(row, look)))
}

/** null: there is no room for a cell. */
function line(row: readonly Cell[], widths: readonly number[], look: Look): string | null {
  let left = look.columns ?? Number.POSITIVE_INFINITY
  const cells: string[] = []
  for (const [at, cell] of row.entries()) {
    const text = fit(look.text(cell.text), Math.max(0, left), look.glyph.ellipsis)
    if (text === '' && cell.text !== '') return null
    const columns = at === row.length - 1 ? 0 : Math.min(widths[at] ?? 0, Math.max(0, left))
    left -= Math.max(width(text), columns) + gap.length
    cells.push(painted(cell, text, look) + ' '.repeat(Math.max(0, columns - width(text))))
  }
  return cells.join(gap).trimEnd()
}

function folded(row: readonly Cell[], look: Look): string[] {
  const lines: string[] = []
  for (const cell of row.filter(({ text }) => text !== '')) {
    const text = painted(cell, look.text(cell.text), look)
    const last = lines.at(-1)
    if (last !== undefined && width(last) + gap.length + width(text) <= (look.columns ?? 0)) {
      lines.splice(-1, 1, last + gap + text)
    } else {
      lines.push(...wrap(text, look.columns, last === undefined ? '' : gap))
    }
  }
  return lines
}

function painted({ tone }: Cell, text: string, look: Look): string {
  return tone === undefined ? text : look.paint(tone, text)
}

/** Words and their values, one pair per line. */
export function facts(pairs: readonly (readonly [string, string | null])[], look: Look, indent = '  '): string[] {
  const shown = pairs.flatMap(([word, value]) => (value === null ? [] : [[word, look.text(value)] as const]))
  const columns = Math.max(0, ...shown.map(([word]) => word.length))
  const room = look.columns === null ? Number.POSITIVE_INFINITY : look.columns - indent.length - columns - gap.length
  return shown.map(([word, value]) => `${indent}${pad(word, columns)}${gap}${fit(value, room, look.glyph.ellipsis)}`)
}
