import type { EditPlace } from '../../core/plan/step.ts'
import type { Scalar } from './scalar.ts'

/** The scalar that a text comes from, and how it is found again. */
export interface Owner {
  readonly path: string
  readonly place: EditPlace
  readonly scalar: Scalar
}

/**
 * A part of a resolved text: characters `start` to `end` of its owner's value. Without an owner nothing in a file decides
 * it: `variable` is then set in the environment, or nowhere.
 */
export interface Piece {
  readonly text: string
  readonly owner: Owner | null
  readonly variable: string | null
  readonly start: number
}

/** The image of a service as the files say it, and which part of it each of them says. */
export interface Image {
  readonly service: string
  /** Variables put in. */
  readonly reference: string
  readonly owner: Owner
  readonly pieces: readonly Piece[]
}

/** null: not set. */
export type Lookup = (name: string) => readonly Piece[] | null

const name = /^[A-Za-z_][A-Za-z0-9_]*/

/** Resolves `$VAR`, `${VAR}`, `${VAR:-default}` and its kin, `$$`, keeping for each part where it came from. */
export function piecesOf(owner: Owner, lookup: Lookup): readonly Piece[] {
  return parts(owner.scalar.value, 0, owner, null, lookup)
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.text).join('')
}

/** `inside`: the variable whose default `value` is. */
function parts(value: string, offset: number, owner: Owner, inside: string | null, lookup: Lookup): readonly Piece[] {
  const pieces: Piece[] = []
  const literal = (from: number, to: number) => {
    if (to > from) pieces.push({ text: value.slice(from, to), owner, variable: inside, start: offset + from })
  }
  let from = 0
  for (let at = value.indexOf('$'); at !== -1; at = value.indexOf('$', from)) {
    literal(from, at)
    if (value[at + 1] === '$') {
      pieces.push({ text: '$', owner: null, variable: null, start: 0 })
      from = at + 2
      continue
    }
    const end =
      value[at + 1] === '{' ? closing(value, at + 1) : at + 1 + (name.exec(value.slice(at + 1))?.[0].length ?? 0)
    const braced = value[at + 1] === '{'
    const body = braced ? value.slice(at + 2, end - 1) : value.slice(at + 1, end)
    pieces.push(...substituted(body, offset + at + (braced ? 2 : 1), owner, lookup))
    from = Math.max(end, at + 1)
  }
  literal(from, value.length)
  return pieces
}

/** Behind the brace that closes the one at `open`; the end of the text where none does. */
function closing(value: string, open: number): number {
  let depth = 0
  for (let at = open; at < value.length; at++) {
    if (value[at] === '{') depth++
    if (value[at] === '}' && --depth === 0) return at + 1
  }
  return value.length
}

/** What stands between the braces: a name, and what counts when it is not set (`-`), or empty too (`:-`). */
function substituted(body: string, offset: number, owner: Owner, lookup: Lookup): readonly Piece[] {
  const variable = name.exec(body)?.[0] ?? ''
  const [, operator = '', rest = ''] = /^(:?[-?+])?([^]*)$/.exec(body.slice(variable.length)) ?? []
  const found = lookup(variable)
  const set = found !== null && !(operator.startsWith(':') && textOf(found) === '')
  const otherwise = () => parts(rest, offset + variable.length + operator.length, owner, variable, lookup)
  if (operator.endsWith('+')) return set ? otherwise() : []
  if (operator.endsWith('-') && !set) return otherwise()
  return found ?? [{ text: '', owner: null, variable, start: 0 }]
}
