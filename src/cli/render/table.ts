import type { Look, Tone } from '../terminal/look.ts'
import { fit, pad, width } from '../terminal/width.ts'

export interface Cell {
  readonly text: string
  readonly tone?: Tone
}

const gap = '  '

/** Columns as wide as their content; on a terminal the last one is cut, never wrapped. */
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
  return all.map((row) => line(row, widths, look))
}

function line(row: readonly Cell[], widths: readonly number[], look: Look): string {
  let left = look.columns ?? Number.POSITIVE_INFINITY
  const cells = row.map((cell, at) => {
    const text = fit(look.text(cell.text), Math.max(0, left), look.glyph.ellipsis)
    const columns = at === row.length - 1 ? 0 : Math.min(widths[at] ?? 0, Math.max(0, left))
    left -= Math.max(width(text), columns) + gap.length
    const painted = cell.tone === undefined ? text : look.paint(cell.tone, text)
    return painted + ' '.repeat(Math.max(0, columns - width(text)))
  })
  return cells.join(gap).trimEnd()
}

/** Words and their values, one pair per line. */
export function facts(pairs: readonly (readonly [string, string | null])[], look: Look, indent = '  '): string[] {
  const shown = pairs.flatMap(([word, value]) => (value === null ? [] : [[word, look.text(value)] as const]))
  const columns = Math.max(0, ...shown.map(([word]) => word.length))
  const room = look.columns === null ? Number.POSITIVE_INFINITY : look.columns - indent.length - columns - gap.length
  return shown.map(([word, value]) => `${indent}${pad(word, columns)}${gap}${fit(value, room, look.glyph.ellipsis)}`)
}
