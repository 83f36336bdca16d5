import type { StatusReport } from '../../ports/engine.ts'
import { en } from '../../protocol/words/en.ts'
import { trustFacts } from '../../protocol/words/trust.ts'
import { wrap } from '../terminal/width.ts'
import { held, problemLines, type Reader } from './problem.ts'
import { type Cell, facts, table } from './table.ts'
import { ago, moment } from '../../protocol/words/units.ts'

/** Trouble first, in words; then one line per component. `detailed`: everything known about each. */
export function statusLines(
  reports: readonly StatusReport[],
  reader: Reader,
  options: { readonly detailed: boolean },
): string[] {
  if (reports.length === 0) return ['The config names no components yet. Add one, then run: belay validate']
  const tableOf = (of: readonly StatusReport[]): string[] =>
    table(
      of.map((report) => row(report, reader)),
      reader.look,
    )
  const broken = reports.flatMap(({ overrides }) => overrides?.problem ?? [])[0]
  return [
    ...(broken === undefined ? [] : problemLines(broken, reader, '')),
    ...reports.flatMap((report) => trouble(report, reader)),
    ...(options.detailed
      ? reports.flatMap((report) => [...tableOf([report]), ...details(report, reader)])
      : tableOf(reports)),
    ...(options.detailed ? [] : overridden(reports, reader)),
    ...closing(reports, reader),
  ]
}

/** What does not come from the config, and where it is. */
function overridden(reports: readonly StatusReport[], { look }: Reader): string[] {
  const set = reports.flatMap(({ component, overrides }) =>
    overrides === undefined || overrides.keys.length === 0 ? [] : [`${component} ${overrides.keys.join(', ')}`],
  )
  const file = reports.flatMap(({ overrides }) => overrides?.file ?? [])[0]
  return set.length === 0 || file === undefined
    ? []
    : wrap(look.text(`Set by the page, in ${file}: ${set.join('; ')}`), look.columns, '  ')
}

/** An unfinished run that someone is working on needs nothing; one that nobody holds needs a resume. */
export function unfinishedLines(
  report: Pick<StatusReport, 'component' | 'unfinished' | 'lock'>,
  reader: Reader,
): string[] {
  if (report.unfinished === null) return []
  const { run, phase } = report.unfinished
  const words = phase.replaceAll('_', ' ')
  if (report.lock !== null) return [`${report.component}: ${run} is under way (${words}), ${held(report.lock, reader)}`]
  return [reader.look.paint('warn', `${report.component}: unfinished run ${run} (${words}), run belay resume`)]
}

function trouble(report: StatusReport, reader: Reader): string[] {
  const problem = report.problem === null ? [] : problemLines(report.problem, reader, `${report.component}: `)
  const lock =
    report.lock !== null && report.unfinished === null ? [`${report.component}: ${held(report.lock, reader)}`] : []
  return [...unfinishedLines(report, reader), ...lock, ...problem]
}

function row(report: StatusReport, { look, now }: Reader): Cell[] {
  return [
    { text: report.component, tone: 'strong' },
    { text: report.installed ?? (report.state === 'absent' ? 'not installed' : 'unknown') },
    health(report, look.glyph),
    offer(report, now),
    {
      text: report.last_checked === null ? 'never checked' : `checked ${ago(report.last_checked, now)}`,
      tone: 'quiet',
    },
  ]
}

function health(report: StatusReport, glyph: { readonly ok: string; readonly failed: string }): Cell {
  if (report.state === 'unknown') return { text: `${glyph.failed} cannot be seen`, tone: 'bad' }
  if (report.service === null) return { text: 'no service', tone: 'quiet' }
  if (report.service.running) return { text: `${glyph.ok} running`, tone: 'good' }
  return { text: `${glyph.failed} ${report.service.state}`, tone: 'bad' }
}

function offer(report: StatusReport, now: number): Cell {
  if (report.available === null) return { text: 'not known' }
  if (report.held !== null) return { text: `${report.available} ${en.hold(report.held, now)}`, tone: 'warn' }
  if (report.update_available) return { text: `${report.available} available`, tone: 'warn' }
  if (isNewest(report)) return { text: 'up to date' }
  return { text: report.installed === null ? 'installed version cannot be read' : 'versions cannot be compared' }
}

/** What cannot be read or compared is never called up to date. */
function isNewest({ installed, available, relation }: StatusReport): boolean {
  return installed !== null && (installed === available || relation !== 'unknown')
}

function details(report: StatusReport, { look, now }: Reader): string[] {
  const last = report.last_run
  return facts(
    [
      ['state', report.state],
      ['service', report.service === null ? null : `${report.service.describe} (${report.service.state})`],
      ['version before', retiringText(report)],
      ['proven', report.trust === undefined ? null : en.trust(trustFacts(report.trust))],
      ['checked', report.last_checked === null ? null : moment(report.last_checked)],
      ['last run', last === null ? null : `${last.run} ${last.action} ${last.outcome}, ${ago(last.opened, now)}`],
      ...report.kept.map((each) => ['kept', each] as const),
      ...(report.overrides?.keys ?? []).map((key) => ['set by the page', key] as const),
      ['page settings', report.overrides?.file ?? null],
    ],
    look,
  )
}

/** It still serves whoever was connected to it. */
function retiringText({ retiring }: StatusReport): string | null {
  return retiring === undefined
    ? null
    : `still runs (${retiring.slot}), until ${moment(retiring.retire_at)} at the latest`
}

function closing(reports: readonly StatusReport[], { look }: Reader): string[] {
  const offered = reports.filter((report) => report.update_available && report.held === null)
  if (offered.length > 0) {
    const names = offered.map((report) => report.component)
    return wrap(`Next: belay plan ${names[0]}${names.length > 1 ? ', or belay update --all' : ''}`, look.columns, '')
  }
  const calm = reports.every(
    (report) =>
      report.available !== null &&
      isNewest(report) &&
      report.held === null &&
      report.problem === null &&
      report.unfinished === null &&
      report.service?.running !== false,
  )
  return calm ? ['Everything is up to date.'] : []
}
