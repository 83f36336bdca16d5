/** How a scalar is written. `block`: one line below a `|` or `>`. */
export type Quote = 'plain' | 'single' | 'double' | 'block'

/**
 * One scalar of a text. `source` is its bytes as they stand there, quotes included: `text.slice(...range)`. Of a block
 * it is the one line alone, without header and indentation.
 */
export interface Scalar {
  readonly value: string
  readonly source: string
  readonly range: readonly [number, number]
  readonly quote: Quote
}

/** Puts `source` where the scalar stands; every other character stays. */
export function replaceScalar(text: string, { range: [start, end] }: Scalar, source: string): string {
  return text.slice(0, start) + source + text.slice(end)
}

const marks: Readonly<Record<Quote, string>> = { plain: '', block: '', single: "'", double: '"' }

/** How `value` is written in the manner of `scalar`, for `replaceScalar`. */
export function sourceOf(scalar: Scalar, value: string): string {
  const mark = marks[scalar.quote]
  // Nothing in it is escaped, and what an image's name is changed to needs no escape either.
  if (scalar.source === mark + scalar.value + mark || mark === '') return mark + value + mark
  return mark === "'" ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value)
}
