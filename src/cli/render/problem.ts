import type { Facts, Json, Problem } from '../../core/model/problem.ts'
import type { LockHolder } from '../../ports/locks.ts'
import { type Language, told } from '../../protocol/messages/render.ts'
import type { Look } from '../terminal/look.ts'
import { wrap } from '../terminal/width.ts'
import { ago, moment } from '../../protocol/words/units.ts'

export interface Reader {
  readonly look: Look
  readonly language: Language
  readonly now: number
}

/** What happened, then what to do next. The first line starts with `lead`. */
export function problemLines(problem: Problem, reader: Reader, lead: string, indent = '  '): string[] {
  const { look, language } = reader
  const { title, hint, facts } = told(apart(problem), language)
  const holder = problem.code === 'E_LOCKED' ? holderOf(problem.facts) : null
  return [
    ...hanging(`${lead}${look.text(title)}`, look, indent),
    ...(holder === null
      ? facts.flatMap((each) => wrap(look.text(each), look.columns, indent))
      : [indent + held(holder, reader)]),
    ...(hint === title ? [] : wrap(look.text(hint), look.columns, indent)),
    ...toPaste(problem).map((line) => `${indent}  ${look.text(line)}`.trimEnd()),
  ]
}

/** What Belay says of the config of a proxy has lines in it that are to be written there, as they stand. */
function toPaste({ code, message, hint }: Problem): readonly string[] {
  if (code !== 'E_TRAFFIC_CONFIG') return []
  return [message, hint ?? ''].flatMap((text) => text.split('\n').slice(1))
}

function apart(problem: Problem): Problem {
  if (problem.code !== 'E_TRAFFIC_CONFIG') return problem
  const first = (text: string) => text.split('\n', 1)[0] ?? ''
  return { ...problem, message: first(problem.message), hint: problem.hint === null ? null : first(problem.hint) }
}

function hanging(text: string, look: Look, indent: string): string[] {
  const [first = '', ...rest] = wrap(text, look.columns, '')
  return rest.length === 0 ? [first] : [first, ...wrap(rest.join(' '), look.columns, indent)]
}

/** Who holds a lock, since when and why. */
export function held(holder: LockHolder, { look, now }: Pick<Reader, 'look' | 'now'>): string {
  if (holder.pid === 0) return 'held by another run'
  const since = `since ${moment(holder.since)} (${ago(holder.since, now)})`
  return look.text(`held by ${holder.user}, process ${holder.pid}, ${since}: ${holder.why}`)
}

function holderOf(facts: Facts): LockHolder | null {
  const { pid, user, why, since } = facts['holder'] !== undefined && isObject(facts['holder']) ? facts['holder'] : facts
  if (typeof pid !== 'number' || typeof user !== 'string' || typeof why !== 'string' || typeof since !== 'string')
    return null
  return { pid, user, why, since }
}

function isObject(value: Json): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What programs read in place of an answer. */
export function errorDocument({ code, message, hint }: Problem) {
  return { error: { code, message, hint } }
}
