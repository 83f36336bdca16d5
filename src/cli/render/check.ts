import type { CheckReport } from '../../ports/engine.ts'
import type { FileNote } from '../../ports/strategy.ts'
import { en } from '../../protocol/words/en.ts'
import { wrap } from '../terminal/width.ts'
import type { Reader } from './problem.ts'
import { type Cell, table } from './table.ts'
import { ago } from '../../protocol/words/units.ts'

type Reports = ReadonlyMap<string, CheckReport>

const notesLinesMax = 20

/** One line per component; release notes only when one component was asked for. */
export function checkLines(reports: Reports, reader: Reader): string[] {
  const { look } = reader
  const rows = [...reports].map(([name, report]) => row(name, report, reader))
  const errors = [...reports].flatMap(([name, { error }]) => {
    if (error === null) return []
    const hint = error.hint === null ? [] : wrap(look.text(error.hint), look.columns, '  ')
    return [...wrap(`${name}: ${look.text(error.message)}`, look.columns, ''), ...hint]
  })
  const said = [
    ...[...reports].flatMap(([name, report]) => fileLines(name, report, reader)),
    ...errors,
    ...next(reports),
  ]
  const told = notes(reports, reader)
  if (told.length === 0) return [...table(rows, look), ...said]
  return onceBlank([...table(rows, look), '', ...told, '', ...said])
}

function row(name: string, report: CheckReport, { look, now }: Reader): Cell[] {
  // A version that cannot be read is never older; what is not installed is.
  const current = report.current ?? (report.relation === 'older' ? 'not installed' : '?')
  const asked: Cell = {
    text: report.last_checked === null ? 'never checked' : `checked ${ago(report.last_checked, now)}`,
    tone: 'quiet',
  }
  const start: Cell[] = [{ text: name, tone: 'strong' }]
  if (report.error !== null) {
    return [...start, { text: current }, { text: `${look.glyph.failed} could not be checked`, tone: 'bad' }, asked]
  }
  const latest = report.latest ?? '?'
  if (report.held !== null)
    return [...start, { text: current }, { text: `${latest} ${en.hold(report.held, now)}`, tone: 'warn' }, asked]
  if (report.update_available)
    return [...start, { text: current }, { text: `${latest} available`, tone: 'warn' }, asked]
  return [...start, { text: current }, { text: standing(report, look.glyph.ok) }, asked]
}

const signs: { readonly [change in FileNote['change']]: string } = { added: '+', changed: '~', removed: '-', mode: 'x' }

/** One line per file, as `check --list-files` asks for; what stays as it is says why. */
function fileLines(name: string, { files, update_available }: CheckReport, { look }: Reader): string[] {
  if (files === undefined || !update_available) return []
  if (files === null) return [`${name}: its strategy installs whole releases, not single files.`]
  const lines = files.map(({ path, change, local }) => {
    const why = local === 'clean' ? '' : local === 'edited' ? '  (edited here)' : '  (protected: stays as it is)'
    return `  ${signs[change]} ${look.text(path)}${why}`
  })
  return [
    `${name}: ${files.length} ${files.length === 1 ? 'file' : 'files'} (+ added, ~ changed, - removed, x mode)`,
    ...lines,
  ]
}

function standing(report: CheckReport, ok: string): string {
  switch (report.relation) {
    case 'current':
      return `${ok} up to date`
    case 'older':
      return `newest is ${report.latest ?? '?'}`
    case 'local-newer':
      return `newer than the newest release, ${report.latest ?? '?'}`
    case 'unknown':
      if (report.current === null) return 'installed version cannot be read'
      return report.latest === null ? 'the source offers no release' : 'versions cannot be compared'
  }
}

/** Of several blank lines in a row one stays, and none at the end: publishers leave as many as they like. */
function onceBlank(lines: readonly string[]): string[] {
  const once = lines.filter((line, at) => line !== '' || lines[at - 1] !== '')
  return once.at(-1) === '' ? once.slice(0, -1) : once
}

function notes(reports: Reports, { look }: Reader): string[] {
  const [only] = [...reports.values()]
  if (reports.size !== 1 || only === undefined || only.release_notes === null || !only.update_available) return []
  const lines = onceBlank(
    only.release_notes
      .trim()
      .split('\n')
      .map((line) => look.text(line).trimEnd()),
  )
  const shown = lines.slice(0, notesLinesMax).flatMap((line) => wrap(line, look.columns, '  '))
  return [...shown, ...(lines.length > notesLinesMax ? [`  (${lines.length - notesLinesMax} more lines)`] : [])]
}

function next(reports: Reports): string[] {
  const names = [...reports].flatMap(([name, report]) =>
    report.update_available && report.held === null ? [name] : [],
  )
  if (names.length > 0) return [`See what would happen: belay plan ${names[0]}`]
  const allCurrent = [...reports.values()].every((report) => report.error === null && report.relation === 'current')
  return allCurrent && reports.size > 1 ? ['Everything is up to date.'] : []
}
