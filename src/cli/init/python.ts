import { usage } from '../names.ts'

export type PythonValue = string | number | boolean | null

/** A name that a module sets to a plain value; `computed`: to something that only running it would tell. */
export type Assignment =
  | { readonly line: number; readonly value: PythonValue }
  | { readonly line: number; readonly computed: true }

type Token =
  | { readonly kind: 'name' | 'number' | 'sign'; readonly text: string; readonly line: number; readonly first: boolean }
  | { readonly kind: 'string'; readonly text: string; readonly line: number; readonly first: boolean }
  | { readonly kind: 'end'; readonly line: number; readonly text: ''; readonly first: false }

const tokensMax = 20_000
const name = /[\p{L}_][\p{L}\p{N}_]*/uy
const number = /(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)/y
const opening = /(?:[rRbBuUfF]{1,2})?(?:"""|'''|"|')/y
const blank = /(?:[ \t\f\r]|\\\r?\n)+|#[^\n]*/y

/**
 * The names that a Python module sets at its top, read and never run: `NAME = "text"`, `NAME: str = 'text'`, numbers,
 * True, False and None, also in brackets and as texts side by side. The last one of a name counts. E_USAGE with file and
 * line for a text that does not end.
 */
export function readAssignments(text: string, file: string): ReadonlyMap<string, Assignment> {
  const found = new Map<string, Assignment>()
  for (const statement of statements(tokens(text, file))) {
    const [target, ...rest] = statement
    if (target?.kind !== 'name' || !target.first) continue
    const sign = rest.findIndex(({ text: each, kind }) => kind === 'sign' && each === '=')
    const annotated = rest[0]?.text === ':'
    if (sign === -1 || (sign > 0 && !annotated)) continue
    const value = valueOf(rest.slice(sign + 1))
    const { line } = target
    found.set(target.text, value === undefined ? { line, computed: true } : { line, value })
  }
  return found
}

function valueOf(all: readonly Token[]): PythonValue | undefined {
  const bracketed = all[0]?.text === '(' && all[0].kind === 'sign' && all.at(-1)?.text === ')'
  const parts = bracketed ? all.slice(1, -1) : all
  const [first] = parts
  if (first === undefined) return undefined
  if (parts.every(({ kind }) => kind === 'string')) return parts.map(({ text }) => text).join('')
  if (parts.length > 1) return undefined
  if (first.kind === 'number') return Number(first.text.replaceAll('_', ''))
  if (first.kind !== 'name') return undefined
  return { True: true, False: false, None: null }[first.text]
}

/** Lines as Python counts them: brackets go on over line breaks, and `;` ends one, too. */
function* statements(all: Iterable<Token>): Generator<readonly Token[]> {
  let current: Token[] = []
  let depth = 0
  for (const token of all) {
    if (token.kind === 'sign') depth = Math.max(0, depth + depthOf(token.text))
    const ends = token.kind === 'end' || (token.kind === 'sign' && token.text === ';')
    if (!ends) current.push(token)
    else if (depth === 0) {
      yield current
      current = []
    }
  }
  if (depth === 0) yield current
}

function depthOf(sign: string): number {
  return '([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0
}

function* tokens(text: string, file: string): Generator<Token> {
  let line = 1
  let lineStart = 0
  let count = 0
  for (let at = 0; at < text.length; ) {
    if (++count > tokensMax) throw usage(`${file}:${line}: this is too long to be read.`, 'Name app/core/version.py.')
    const first = at === lineStart
    const skipped = matched(blank, text, at)
    if (skipped !== null) {
      if (skipped.includes('\n')) line += 1
      at += skipped.length
      continue
    }
    if (text[at] === '\n') {
      yield { kind: 'end', line, text: '', first: false }
      at += 1
      line += 1
      lineStart = at
      continue
    }
    const quote = matched(opening, text, at)
    if (quote !== null) {
      const { value, end } = stringAt(text, at, quote, `${file}:${line}`)
      // What is computed inside a text (f"…") is no plain value.
      yield /^[^"']*[fF]/.test(quote)
        ? { kind: 'sign', text: 'f', line, first }
        : { kind: 'string', text: value, line, first }
      line += text.slice(at, end).split('\n').length - 1
      at = end
      continue
    }
    const word = matched(name, text, at)
    const digits = word === null ? matched(number, text, at) : null
    const taken = word ?? digits ?? signAt(text, at)
    yield { kind: word !== null ? 'name' : digits !== null ? 'number' : 'sign', text: taken, line, first }
    at += taken.length
  }
}

/** `==` and its like are one sign, and none that sets a name. */
function signAt(text: string, at: number): string {
  const two = text.slice(at, at + 2)
  return /^[=!<>+\-*/%&|^@:]=$/.test(two) ? two : String.fromCodePoint(text.codePointAt(at) ?? 0)
}

function matched(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function stringAt(text: string, at: number, opened: string, place: string): { value: string; end: number } {
  const quote = opened.replace(/^[a-zA-Z]+/, '')
  const raw = /^[a-zA-Z]*[rR]/.test(opened)
  const parts: string[] = []
  for (let index = at + opened.length; index < text.length; index++) {
    if (text.startsWith(quote, index)) return { value: parts.join(''), end: index + quote.length }
    const char = text[index] ?? ''
    if (char === '\n' && quote.length === 1) break
    if (char !== '\\') parts.push(char)
    else {
      const [value, length] = raw ? [text.slice(index, index + 2), 2] : escaped(text, index)
      parts.push(value)
      index += length - 1
    }
  }
  throw usage(`${place}: a text begins here and does not end.`, 'Correct it: Python cannot read the file either.')
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}

function escaped(text: string, at: number): readonly [string, number] {
  const code = /^\\(?:x([\da-f]{2})|u([\da-f]{4}))/i.exec(text.slice(at, at + 6))
  if (code !== null) return [String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16)), code[0].length]
  const next = text[at + 1] ?? ''
  return [escapes[next] ?? `\\${next}`, 2]
}
