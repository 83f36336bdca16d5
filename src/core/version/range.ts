import { compareParsed, parseVersion } from './compare.ts'
import type { ParsedVersion, Scheme } from './scheme.ts'

type Operator = '<' | '<=' | '=' | '>=' | '>'

interface Bound {
  readonly operator: Operator
  readonly version: ParsedVersion
  /** Only as many numbers as were written count: `>=2` holds for 2.0.0-beta.1, `>=2.0.0` does not. */
  readonly partial: boolean
}

/** All bounds must hold; none: every version fits. */
export type Range = readonly Bound[]

const boundsMax = 8

/** What to tell a person whose range cannot be read. */
export const rangeHint = 'a range looks like 1.2.3, 1.2.*, >=1.2, or ">=1.2 <2" (all must hold)'

/**
 * Ranges of every scheme: `1.2.3`, `1.2` and `1.2.*` (all that begin so), `<2`, `<=1.4`, `>=1.2.0`, `>3`, several with
 * blanks or commas between, `*` for any. null: no range.
 */
export function parseRange(text: string, scheme: Scheme): Range | null {
  const parts = text
    .trim()
    .replaceAll(/(<=|>=|<|>|=)\s+/g, '$1')
    .split(/[\s,]+/)
  if (text.trim() === '' || parts.length > boundsMax) return null
  const bounds: Bound[] = []
  for (const part of parts) {
    if (part === '*') continue
    const bound = parseBound(part, scheme)
    if (bound === null) return null
    bounds.push(bound)
  }
  return bounds
}

const operators: Readonly<Record<string, Operator>> = {
  '': '=',
  '=': '=',
  '==': '=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function parseBound(text: string, scheme: Scheme): Bound | null {
  const found = /^(<=|>=|==|<|>|=|)(.+?)(\.\*)?$/.exec(text)
  const operator = operators[found?.[1] ?? '']
  const version = parseVersion(found?.[2] ?? '', scheme)
  if (operator === undefined || version === null) return null
  // Digests have no order and no numbers: one can be named, and nothing else.
  if (scheme === 'digest') {
    const named = operator === '=' && version.canonical.startsWith('sha256:')
    return named ? { operator, version, partial: false } : null
  }
  const plain = !version.prerelease && version.build === null
  return { operator, version, partial: plain && (found?.[3] !== undefined || version.numbers.length < 3) }
}

export function inRange(version: ParsedVersion, range: Range): boolean {
  return range.every((bound) => holds(bound.operator, orderTo(version, bound)))
}

function orderTo(version: ParsedVersion, bound: Bound): number {
  if (!bound.partial) return compareParsed(version, bound.version)
  const left = [version.epoch, ...version.numbers]
  const right = [bound.version.epoch, ...bound.version.numbers]
  const at = right.findIndex((part, index) => part !== (left[index] ?? 0))
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}

function holds(operator: Operator, order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '=':
      return order === 0
    case '>=':
      return order >= 0
    case '>':
      return order > 0
  }
}
