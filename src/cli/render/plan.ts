import { mainTarget, type Plan } from '../../core/plan/plan.ts'
import { en } from '../../protocol/words/en.ts'
import { type PlanFacts, planFacts, promiseIn } from '../../protocol/words/plan.ts'
import type { Look } from '../terminal/look.ts'
import { manifestLines } from './manifest.ts'
import { fit, pad, width, wrap } from '../terminal/width.ts'
import type { Row } from '../../protocol/words/rows.ts'
import { forwardRows } from '../../protocol/words/rows.ts'
import { ago, duration } from '../../protocol/words/units.ts'

const numberColumns = 5
const labelColumns = 15
const leftColumns = numberColumns + labelColumns
const detailColumnsMin = 16

/** `core  1.0.4 → 1.1.0`, for headings of plans and runs. */
export function heading(plan: Plan, look: Look): string {
  return `${look.paint('strong', mainTarget(plan).component)}  ${look.text(en.change(planFacts(plan)))}`
}

/** What `update` would do: nothing in it has happened. `run` is the command that would do it; null where the question follows. */
export function planLines(
  plan: Plan,
  look: Look,
  options: { readonly now: number; readonly run: string | null },
): string[] {
  const rows = forwardRows(plan)
  const facts = planFacts(plan, rows)
  return [
    ...head(plan, look, options.now),
    ...steps(plan, rows, look),
    ...promised(facts, look),
    ...(plan.about.manifest === undefined ? [] : manifestLines(plan.about.manifest, look)),
    ...wrap(look.text(`way back: ${en.wayBack(facts)} ${en.room(facts)}`), look.columns, '  '),
    ...plan.about.warnings.flatMap((each) => wrap(`note: ${look.text(each)}`, look.columns, '  ')),
    ...(plan.about.restartRequired ? wrap(`note: ${en.restart}`, look.columns, '  ') : []),
    ...(options.run === null ? [] : wrap(`Nothing was changed. Run it: ${options.run}`, look.columns, '')),
  ]
}

function head(plan: Plan, look: Look, now: number): string[] {
  const title = heading(plan, look)
  const facts = [
    plan.about.source,
    plan.about.releasedAt === null ? null : `released ${ago(plan.about.releasedAt, now)}`,
    en.trust(planFacts(plan, [])),
  ].flatMap((each) => (each === null ? [] : [look.text(each)]))
  if (facts.length === 0) return [title]
  const about = facts.join(` ${look.glyph.dot} `)
  if (look.columns === null || width(title) + 3 + width(about) <= look.columns) {
    return [`${title}   ${look.paint('quiet', about)}`]
  }
  return [title, ...wrap(about, look.columns, '  ')]
}

function steps(plan: Plan, rows: readonly Row[], look: Look): string[] {
  const asides = rows.map((row) => aside(plan, row, rows, look))
  const widest = Math.max(0, ...asides.map(width))
  if (restOf(look, leftColumns + widest) < detailColumnsMin) {
    return [
      ...stepLines(
        plan,
        rows,
        rows.map(() => ''),
        look,
      ),
      ...narrowOutage(plan, rows, look),
    ]
  }
  return stepLines(plan, rows, asides, look)
}

function stepLines(plan: Plan, rows: readonly Row[], asides: readonly string[], look: Look): string[] {
  const detailColumns = detailWidth(rows, asides, look)
  const lines: string[] = []
  for (const [index, row] of rows.entries()) {
    const side = asides[index] ?? ''
    const left = `${String(index + 1).padStart(numberColumns - 2)}  ${pad(row.label, labelColumns)}`
    const room = side === '' ? restOf(look, leftColumns) : detailColumns
    const details = fit(detailOf(row, look), room, look.glyph.ellipsis)
    lines.push(side === '' ? (left + details).trimEnd() : left + pad(details, detailColumns) + side)
    if (row.steps.includes(plan.commitAfter))
      lines.push(`${' '.repeat(numberColumns)}${look.paint('strong', 'commit')}`)
  }
  return lines
}

/** Where there is no room for a bracket, a sentence. */
function narrowOutage(plan: Plan, rows: readonly Row[], look: Look): string[] {
  const { outage: numbers } = planFacts(plan, rows)
  if (!plan.about.stops || numbers.length === 0) return []
  const which = numbers.length === 1 ? `step ${numbers[0]}` : `steps ${numbers[0]}${look.glyph.dash}${numbers.at(-1)}`
  return wrap(`${outageTexts(plan).join(' ')}: ${which}`, look.columns, '  ')
}

/** Where a bracket does not say it all. */
function promised(facts: PlanFacts, look: Look): string[] {
  const { streams, requests } = facts.promise
  return streams === 'untouched' || requests === 'all' ? [] : wrap(en.promise(facts), look.columns, '  ')
}

function outageTexts(plan: Plan): readonly [string, string] {
  const { requests, outageMs } = promiseIn(plan)
  const word = requests === 'held' ? 'held' : 'down'
  return outageMs === null ? [word, '(not measured yet)'] : [`${word} about ${duration(outageMs)}`, '(as last time)']
}

export function detailOf(row: Pick<Row, 'details'>, look: Look): string {
  return row.details.map((each) => look.text(each)).join(` ${look.glyph.dot} `)
}

function restOf(look: Look, used: number): number {
  return look.columns === null ? Number.POSITIVE_INFINITY : look.columns - used
}

function detailWidth(rows: readonly Row[], asides: readonly string[], look: Look): number {
  const beside = rows.filter((_, index) => asides[index] !== '')
  const longest = Math.max(detailColumnsMin, ...beside.map((row) => width(detailOf(row, look)) + 2))
  const widest = Math.max(0, ...asides.map(width))
  return Math.max(detailColumnsMin, Math.min(longest, restOf(look, leftColumns + widest)))
}

/** The right column: when a step happens, as seen by those who use the service. */
function aside(plan: Plan, row: Row, rows: readonly Row[], look: Look): string {
  if (row.phase === 'before') return 'while running'
  if (!row.down || !plan.about.stops) return ''
  const outage = rows.filter((each) => each.down)
  const at = outage.indexOf(row)
  const { bracket } = look.glyph
  const texts = outageTexts(plan)
  if (outage.length === 1) return `${bracket.single} ${texts.join(' ')}`
  if (at === 0) return outage.length === 2 ? `${bracket.top} ${texts[0]}` : bracket.top
  if (at === outage.length - 1) return `${bracket.bottom} ${texts[1]}`
  return at === 1 ? `${bracket.middle} ${texts[0]}` : bracket.middle
}

/** The consequences in numbers, and the one question. */
export function question(plan: Plan, look: Look): string {
  return `${look.text(en.question(planFacts(plan)))} [Y/n] `
}

/** The plan as a program reads it, and its steps as a person would. */
export function planDocument(plan: Plan) {
  const steps = forwardRows(plan).map((row, index) => ({
    number: index + 1,
    label: row.label,
    detail: row.details.join(' · '),
    when: row.phase === 'before' ? 'while running' : row.down ? 'stopped' : row.phase,
  }))
  return { plan, steps }
}
