import type { ParsedVersion } from './scheme.ts'
import { trimVersion } from './text.ts'

/** What may follow the numbers, in order. A lone letter is none of them: `1.1.1w` is newer than `1.1.1`, `1.0b` is not. */
const stages = ['dev', 'alpha', 'beta', 'rc', '', 'post'] as const
type Stage = (typeof stages)[number]

const stageOf: Readonly<Record<string, Stage>> = {
  dev: 'dev',
  a: 'alpha',
  alpha: 'alpha',
  b: 'beta',
  beta: 'beta',
  c: 'rc',
  pre: 'rc',
  preview: 'rc',
  rc: 'rc',
  hotfix: 'post',
  ls: 'post',
  p: 'post',
  patch: 'post',
  post: 'post',
  r: 'post',
}

const words = 'dev|alpha|beta|rc|preview|pre|hotfix|patch|post|ls'
const shape = new RegExp(
  `^(\\d+(?:[._-]\\d+){0,7})(?:[._-]?(?:(${words})[._-]?(\\d+)?|([abcpr])(\\d+)))?(?:\\+([0-9A-Za-z.-]+))?$`,
  'i',
)

interface Numeric {
  readonly numbers: readonly number[]
  readonly stage: Stage
  readonly count: number
  readonly build: string | null
}

function read(text: string): Numeric | null {
  const found = shape.exec(text)
  if (found === null) return null
  const [, digits = '', word, count, letter, letterCount, build] = found
  const stage = stageOf[(word ?? letter ?? '').toLowerCase()] ?? ''
  return {
    numbers: digits.split(/[._-]/).map(Number),
    stage,
    count: Number(count ?? letterCount ?? 0),
    build: build ?? null,
  }
}

function parsed(scheme: 'calver' | 'loose', of: Numeric): ParsedVersion {
  const stage = of.stage === '' ? '' : `-${of.stage}.${of.count}`
  const canonical = `${of.numbers.join('.')}${stage}${of.build === null ? '' : `+${of.build}`}`
  const prerelease = stages.indexOf(of.stage) < stages.indexOf('')
  return { scheme, canonical, epoch: 0, numbers: of.numbers, prerelease, build: of.build }
}

/** Any row of numbers: `1.2.3.4`, `v10`, `1_2_3`, with an optional `-rc1`, `b2`, `.post1` … */
export function parseLoose(text: string): ParsedVersion | null {
  const trimmed = trimVersion(text)
  const found = trimmed === null ? null : read(trimmed)
  return found === null ? null : parsed('loose', found)
}

/** Dates: `2024.1.5`, `2024-01-05`, `20240105.2`, `24.04` (which is 2024.4). The first number must be a year. */
export function parseCalver(text: string): ParsedVersion | null {
  const trimmed = trimVersion(text)
  const found = trimmed === null ? null : read(trimmed.replace(/^(\d{4})(\d{2})(\d{2})(?!\d)/, '$1.$2.$3'))
  if (trimmed === null || found === null) return null
  const written = /^\d+/.exec(trimmed)?.[0].length ?? 0
  const [first = 0, ...rest] = found.numbers
  const year = written === 2 ? 2000 + first : first
  if (written === 1 || written === 3 || year < 1970 || year > 2999) return null
  return parsed('calver', { ...found, numbers: [year, ...rest] })
}

/** Both canonical. Missing numbers count as 0; the build does not count. */
export function compareNumeric(a: string, b: string): number {
  const [left, right] = [read(a), read(b)]
  if (left === null || right === null) throw new Error('only canonical versions can be compared')
  for (let at = 0; at < Math.max(left.numbers.length, right.numbers.length); at++) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  return stages.indexOf(left.stage) - stages.indexOf(right.stage) || left.count - right.count
}
