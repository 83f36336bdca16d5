import type { Scalar } from './scalar.ts'

/** One `NAME=value` of an environment file. Nothing in `value` is replaced or unescaped. */
export interface Variable {
  readonly name: string
  readonly scalar: Scalar
}

const gap = /(?:[\s\uFEFF]|#[^\n]*)*/
// `NAME: value` is known to `docker compose` alone.
const assignment = /(?:export[ \t]+)?([^\s=:#'"]+)[ \t]*[=:][ \t]*/
const single = /'((?:[^'\\]|\\[^])*)'/
const double = /"((?:[^"\\]|\\[^])*)"/
const plain = /[^\r\n]*/

/**
 * The variables of an environment file in the order in which they stand, as compose programs read it: `export` before a
 * name, blanks around `=`, a comment after a value, quotes over several lines, CRLF.
 */
export function readVariables(text: string): readonly Variable[] {
  const found: Variable[] = []
  let at = lengthAt(gap, text, 0)
  while (at < text.length) {
    const head = matchAt(assignment, text, at)
    if (head !== null) {
      const scalar = valueAt(text, at + head[0].length)
      found.push({ name: head[1] ?? '', scalar })
      at = scalar.range[1]
    }
    at += lengthAt(plain, text, at)
    at += lengthAt(gap, text, at)
  }
  return found
}

/** Of a name that stands there more than once the last counts. */
export function variableScalar(text: string, name: string): Scalar | null {
  return readVariables(text).findLast((variable) => variable.name === name)?.scalar ?? null
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const here = new RegExp(pattern, 'y')
  here.lastIndex = at
  return here.exec(text)
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  return matchAt(pattern, text, at)?.[0].length ?? 0
}

function valueAt(text: string, at: number): Scalar {
  for (const [quote, pattern] of [['single', single] as const, ['double', double] as const]) {
    const found = matchAt(pattern, text, at)
    if (found === null) continue
    return { value: found[1] ?? '', source: found[0], range: [at, at + found[0].length], quote }
  }
  const line = matchAt(plain, text, at)?.[0] ?? ''
  const value = line.replace(/(?:^|\s)#.*$/, '').trimEnd()
  return { value, source: value, range: [at, at + value.length], quote: 'plain' }
}
