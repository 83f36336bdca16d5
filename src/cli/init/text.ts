import { wrap } from '../terminal/width.ts'

const commentColumn = 36
const columns = 118

/** What a file says stays inside its comment. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

export function line(text: string, why: string): string {
  return `${text.padEnd(commentColumn)} # ${oneLine(why)}`
}

/** A sentence as comments, one below the other. */
export function remark(text: string, indent: string): readonly string[] {
  return wrap(oneLine(text), columns, `${indent}# `)
}

/** One of several such sentences, which may begin with a name. */
export function item(text: string, indent: string): readonly string[] {
  const [first = '', ...rest] = wrap(`${oneLine(text)}.`, columns, `${indent}#   `)
  return [first.replace('#   ', '# - '), ...rest]
}

/** Plain where YAML, also in a flow list, cannot read anything else into it; else in double quotes, as JSON. */
export function scalar(text: string): string {
  const plain =
    /^(?:--?[A-Za-z]|[A-Za-z0-9/.])[A-Za-z0-9/._-]*$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off|y|n|-?[\d._]+(?:e[-\d]+)?|-?0[xob].*|[\d-]+|-?\.(?:inf|nan)|\.\.\.)$/i.test(
      text,
    )
  return plain ? text : JSON.stringify(text)
}

/** A value of the config: what YAML and JSON have in common. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value }

/** On one line: `{ type: sqlite, path: /srv/app.db }`. */
export function flow(value: Value): string {
  if (typeof value === 'string') return scalar(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(flow).join(', ')} ]`
  const entries = Object.entries(value).map(([key, each]) => `${scalar(key)}: ${flow(each)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

/** A key of the config with its reason; null: it speaks for itself. */
export interface Entry {
  readonly key: string
  readonly value: Value
  readonly why: string | null
}

export function entry(key: string, value: Value, why: string | null = null): Entry {
  return { key, value, why }
}

export function entryLines({ key, value, why }: Entry, indent: string): readonly string[] {
  return reasoned(`${indent}${scalar(key)}: ${flow(value)}`, why, indent)
}

/** A long line has its reason above it. */
export function reasoned(text: string, why: string | null, indent: string): readonly string[] {
  if (why === null) return [text]
  const both = line(text, why)
  return both.length <= columns ? [both] : [...remark(why, indent), text]
}

/** Entries as one value, for a line of its own. */
export function together(entries: readonly Entry[]): Value {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]))
}
