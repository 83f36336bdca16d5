import type { Plan } from '../../core/plan/plan.ts'
import { mainTarget } from '../../core/plan/plan.ts'
import type { Look } from '../terminal/look.ts'
import { fit, pad, width, wrap } from '../terminal/width.ts'
import type { Row } from './rows.ts'
import { forwardRows } from './rows.ts'
import { ago, bytes, duration } from './units.ts'

const numberColumns = 5
const labelColumns = 15
const leftColumns = numberColumns + labelColumns
const detailColumnsMin = 16

/** `core  1.0.4 → 1.1.0`, for headings of plans and runs. */
export function heading(plan: Plan, look: Look): string {
  const { component, from, to } = mainTarget(plan)
  const name = look.paint('strong', component)
  switch (plan.action) {
    case 'update':
    case 'rollback':
      if (from === null) return `${name}  first installation of ${look.text(to ?? '?')}`
      return `${name}  ${look.text(from)} ${look.glyph.arrow} ${look.text(to ?? 'not installed')}`
    case 'adopt':
      return `${name}  taking over ${look.text(from ?? 'the installation')}`
    case 'forget':
      return `${name}  releasing ${look.text(from ?? 'the installation')}`
    case 'restore':
      return `${name}  restoring a backup`
  }
}

/** What `update` would do: nothing in it has happened. `run` is the command that would do it; null where the question follows. */
export function planLines(
  plan: Plan,
  look: Look,
  options: { readonly now: number; readonly run: string | null },
): string[] {
  const rows = forwardRows(plan)
  return [
    ...head(plan, look, options.now),
    ...steps(plan, rows, look),
    ...wrap(`way back: ${wayBack(plan, rows, look.glyph.dash)} ${room(plan)}`, look.columns, '  '),
    ...plan.about.warnings.flatMap((each) => wrap(`note: ${look.text(each)}`, look.columns, '  ')),
    ...(plan.about.restartRequired ? wrap(restart, look.columns, '  ') : []),
    ...(options.run === null ? [] : wrap(`Nothing was changed. Run it: ${options.run}`, look.columns, '')),
  ]
}

const restart = 'note: nothing here starts this component; restart it yourself afterwards.'

function head(plan: Plan, look: Look, now: number): string[] {
  const title = heading(plan, look)
  const facts = [
    plan.about.source,
    plan.about.releasedAt === null ? null : `released ${ago(plan.about.releasedAt, now)}`,
    trust(plan),
  ].flatMap((each) => (each === null ? [] : [look.text(each)]))
  if (facts.length === 0) return [title]
  const about = facts.join(` ${look.glyph.dot} `)
  if (look.columns === null || width(title) + 3 + width(about) <= look.columns) {
    return [`${title}   ${look.paint('quiet', about)}`]
  }
  return [title, ...wrap(about, look.columns, '  ')]
}

function trust(plan: Plan): string | null {
  const { rung, statedBy } = plan.about
  switch (rung) {
    case null:
      return null
    case 'tls':
      return 'no checksum to compare with'
    case 'checksum':
      return statedBy === null ? 'checksum published' : `checksum from ${statedBy}`
    case 'signature':
    case 'attestation':
    case 'tuf':
      return statedBy === null ? 'signed' : `signed by ${statedBy}`
  }
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
  const numbers = outageNumbers(rows)
  if (!plan.about.stops || numbers.length === 0) return []
  const which = numbers.length === 1 ? `step ${numbers[0]}` : `steps ${numbers[0]}${look.glyph.dash}${numbers.at(-1)}`
  return wrap(`${outageTexts(plan).join(' ')}: ${which}`, look.columns, '  ')
}

function outageNumbers(rows: readonly Row[]): readonly number[] {
  return rows.flatMap((row, index) => (row.down ? [index + 1] : []))
}

function outageTexts(plan: Plan): readonly [string, string] {
  const down = plan.about.lastDowntimeMs
  return down === null ? ['down', '(not measured yet)'] : [`down about ${duration(down)}`, '(as last time)']
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

function wayBack(plan: Plan, rows: readonly Row[], dash: string): string {
  if (installs(plan)) return 'what was installed is taken away again.'
  const numbers = outageNumbers(rows)
  const [first, last] = [numbers[0], numbers.at(-1)]
  const data = plan.steps.some((step) => step.kind === 'migrate' && step.restore.length > 0)
    ? 'data restored from the backup'
    : 'data kept'
  if (first === undefined || last === undefined) return `the steps reversed, ${data}.`
  return first === last ? `step ${first} reversed, ${data}.` : `steps ${last}${dash}${first} reversed, ${data}.`
}

function room(plan: Plan): string {
  return `Needs ${bytes(plan.about.needBytes)}, ${bytes(plan.about.freeBytes)} free.`
}

/** The consequences in numbers, and the one question. */
export function question(plan: Plan, look: Look): string {
  return `${asked(plan, look)} ${consequences(plan)} [Y/n] `
}

function asked(plan: Plan, look: Look): string {
  const { component, to } = mainTarget(plan)
  const version = look.text(to ?? 'the previous version')
  switch (plan.action) {
    case 'update':
      return installs(plan) ? `Install ${component} ${version}?` : `Update ${component} to ${version}?`
    case 'rollback':
      return `Roll ${component} back to ${version}?`
    case 'adopt':
      return `Take ${component} over into kept versions?`
    case 'forget':
      return `Release ${component} as a plain folder?`
    case 'restore':
      return `Restore this backup of ${component}?`
  }
}

/** Where it is the first version there is nothing to go back to. */
function installs(plan: Plan): boolean {
  return plan.action === 'update' && mainTarget(plan).from === null
}

/** How long those who use it have to do without. */
export function outage({ about: { stops, lastDowntimeMs } }: Plan): string {
  if (!stops) return 'not stopped'
  return lastDowntimeMs === null
    ? 'stopped for the switch (not measured yet)'
    : `down about ${duration(lastDowntimeMs)}`
}

function consequences(plan: Plan): string {
  if (installs(plan)) return 'What it installs is taken away again if it fails.'
  return `It is ${outage(plan)}; ${afterwards(plan)}.`
}

function afterwards(plan: Plan): string {
  switch (plan.action) {
    case 'update':
      return 'the way back is kept'
    case 'adopt':
      return 'belay forget makes it a plain folder again'
    case 'forget':
      return 'versions kept to go back to are removed'
    case 'rollback':
    case 'restore':
      return plan.steps.some((step) => step.kind === 'restore')
        ? 'data goes back to the backup, and what is there now is kept aside'
        : 'data stays as it is'
  }
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
