import { mainTarget } from '../../core/plan/plan.ts'
import type { Prospect } from '../../ports/engine.ts'
import { en } from '../../protocol/words/en.ts'
import { planFacts } from '../../protocol/words/plan.ts'
import type { Look } from '../terminal/look.ts'
import { planDocument } from './plan.ts'
import { errorDocument, problemLines, type Reader } from './problem.ts'
import { type Cell, table } from './table.ts'

/**
 * The whole before any of it: one line per component, numbered in the order in which they are updated, with what waits and
 * why between them.
 */
export function prospectLines(prospects: readonly Prospect[], reader: Reader): string[] {
  if (prospects.length === 0) return ['The config names no components yet. Add one, then run: belay validate']
  const going = toRun(prospects)
  const rows = prospects.map((prospect): Cell[] => {
    const number = going.indexOf(prospect)
    const sign = number === -1 ? signOf(prospect, reader.look) : String(number + 1)
    return [{ text: `  ${sign}` }, { text: prospect.component, tone: 'strong' }, ...cells(prospect, going, reader)]
  })
  const problems = prospects.flatMap((prospect) =>
    prospect.kind === 'failed' ? problemLines(prospect.problem, reader, `${prospect.component}: `) : [],
  )
  return [...table(rows, reader.look), ...problems]
}

function toRun(prospects: readonly Prospect[]): readonly Prospect[] {
  return prospects.filter(({ kind }) => kind === 'plan' || kind === 'unfinished')
}

function signOf({ kind }: Prospect, { glyph }: Look): string {
  return kind === 'failed' ? glyph.failed : kind === 'current' ? glyph.ok : glyph.dash
}

function cells(prospect: Prospect, going: readonly Prospect[], { look, now }: Reader): Cell[] {
  switch (prospect.kind) {
    case 'plan': {
      const { from, to } = mainTarget(prospect.plan)
      const what = from === null ? `first installation of ${to ?? '?'}` : `${from} ${look.glyph.arrow} ${to ?? '?'}`
      return [
        { text: what },
        { text: [en.outage(planFacts(prospect.plan, [])), ...after(prospect, going)].join(', '), tone: 'quiet' },
      ]
    }
    case 'unfinished':
      return [
        { text: `unfinished run ${prospect.run}`, tone: 'warn' },
        { text: ['ended first, then updated', ...after(prospect, going)].join(', '), tone: 'quiet' },
      ]
    case 'held':
      return [{ text: `${prospect.to} waits`, tone: 'warn' }, { text: en.hold(prospect.by, now) }]
    case 'current':
      return [{ text: prospect.current.from ?? '?' }, { text: 'up to date', tone: 'quiet' }]
    case 'failed':
      return [{ text: 'cannot be told', tone: 'bad' }]
  }
}

/** Why it has the place that it has. */
function after({ requires }: Prospect, going: readonly Prospect[]): readonly string[] {
  const first = going.filter(({ component }) => Object.hasOwn(requires, component)).map(({ component }) => component)
  return first.length === 0 ? [] : [`after ${first.join(' and ')}`]
}

const namesMax = 3

/** One question for all of them. */
export function prospectsQuestion(prospects: readonly Prospect[], look: Look): string {
  const names = toRun(prospects).map(({ component }) => component)
  const [only] = names
  if (only !== undefined && names.length === 1) return `Update ${only}? The way back is kept. [Y/n] `
  const which = names.length > namesMax ? `these ${names.length}` : look.text(names.join(', '))
  return `Update ${which}, one at a time in this order? The way back of each is kept. [Y/n] `
}

/** What programs read of one of them: its plan, that it is current, what it waits for, or what went wrong. */
export function prospectDocument(prospect: Prospect) {
  const { component } = prospect
  switch (prospect.kind) {
    case 'plan':
      return { component, ...planDocument(prospect.plan), held: null }
    case 'current':
      return { component, plan: null, current: prospect.current, held: null }
    case 'held': {
      const { from, to, by, problem } = prospect
      return { component, plan: null, from, to, held: by, ...errorDocument(problem) }
    }
    case 'unfinished':
      return { component, plan: null, unfinished: { run: prospect.run }, held: null }
    case 'failed':
      return { component, plan: null, held: null, ...errorDocument(prospect.problem) }
  }
}
