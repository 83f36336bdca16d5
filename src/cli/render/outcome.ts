import type { RunReport } from '../../ports/engine.ts'
import { en } from '../../protocol/words/en.ts'
import { isHeldNow, sawNoService, staysDown, wasCancelled } from '../../protocol/words/outcome.ts'
import { logLines } from '../../protocol/words/log-lines.ts'
import type { Look } from '../terminal/look.ts'
import { pad, wrap } from '../terminal/width.ts'
import { problemLines, type Reader } from './problem.ts'
import { duration } from '../../protocol/words/units.ts'

/** The end of a run: what happened, what state things are in now, what to do next. */
export function outcomeLines(report: RunReport, reader: Reader): string[] {
  switch (report.outcome) {
    case 'current':
      return current(report, reader)
    case 'committed':
      return [...committed(report, reader), ...extras(report, reader)]
    case 'rolled-back':
      return [...rolledBack(report, reader), ...extras(report, reader)]
    case 'failed':
      return [...failed(report, reader), ...extras(report, reader)]
    case 'stuck':
      return [...stuck(report, reader), ...extras(report, reader)]
  }
}

function current(report: RunReport, reader: Reader): string[] {
  const said = reader.look.text(en.outcome(report))
  if (report.problem !== null) return [...problemLines(report.problem, reader, `${report.component}: `), said]
  return [said, ...extras(report, reader)]
}

function committed(report: RunReport, { look }: Reader): string[] {
  return [look.text(en.outcome(report)), ...seen(report, look), ...hints(look.columns, afterwards(report))]
}

function seen({ measured }: RunReport, look: Look): string[] {
  return measured === undefined ? [] : wrap(en.measured(measured), look.columns, '')
}

function afterwards({ action, component, from, restart_required: restart }: RunReport): readonly Pair[] {
  switch (action) {
    case 'update':
    case 'rollback':
      if (restart) {
        return [
          ['next', 'restart it yourself'],
          ['then', `belay status ${component}`],
        ]
      }
      return from === null ? [] : [['way back', `belay rollback ${component}`]]
    case 'adopt':
      return [
        ['next', `belay check ${component}`],
        ['release', `belay forget ${component}`],
      ]
    case 'forget':
    case 'restore':
      return []
  }
}

function heldNote(report: RunReport, look: Look): string {
  return isHeldNow(report) ? `        ${look.text(report.to ?? '')} will not be tried automatically again` : ''
}

function rolledBack(report: RunReport, reader: Reader): string[] {
  const { look } = reader
  const { component, run } = report
  const cancelled = wasCancelled(report)
  const why: Pair[] =
    run === null ? [] : [['why', `belay show ${run}${hasLog(report) ? '        (the log lines are in it)' : ''}`]]
  if (report.from === null) {
    return [
      `  ${look.paint('warn', look.glyph.undone)} ${pad('taken back', 15)}what was installed is gone again`,
      look.text(en.outcome(report)),
      ...hints(look.columns, [...(cancelled ? [] : why), ['retry', `belay update ${component}`]]),
    ]
  }
  const from = look.text(report.from)
  const down = report.downtime_ms > 0 ? `, down ${duration(report.downtime_ms)} in all` : ''
  const unseen = report.restart_required || staysDown(report) || sawNoService(report)
  const state = unseen ? 'is back in place' : 'is running and healthy again'
  const retry: Pair[] =
    report.action === 'update' && report.to !== null
      ? [['retry', `belay update ${component}${heldNote(report, look)}`]]
      : []
  return [
    `  ${look.paint('warn', look.glyph.undone)} ${pad('rolled back', 15)}${from} ${state}${down}`,
    ...wrap(look.text(en.outcome(report)), look.columns, ''),
    ...seen(report, look),
    ...hints(look.columns, cancelled ? [] : [...why, ...retry]),
  ]
}

function failed(report: RunReport, reader: Reader): string[] {
  const { look } = reader
  const problem = report.problem === null ? [] : problemLines(report.problem, reader, '  why      ', '           ')
  return [
    ...wrap(look.text(en.outcome(report)), look.columns, ''),
    ...problem,
    ...hints(look.columns, report.run === null ? [] : [['details', `belay show ${report.run}`]]),
  ]
}

function stuck(report: RunReport, reader: Reader): string[] {
  const { look } = reader
  const said = look.text(en.outcome(report))
  const head = said.slice(0, said.indexOf(': '))
  const problem = report.problem === null ? [] : problemLines(report.problem, reader, '  why      ', '           ')
  return [
    ...wrap(look.paint('bad', head) + said.slice(head.length), look.columns, ''),
    ...problem,
    ...hints(look.columns, [
      ...(report.run === null ? [] : [['look', `belay show ${report.run}`] as const]),
      ['then', 'belay resume'],
    ]),
  ]
}

function hasLog(report: RunReport): boolean {
  const inSteps = report.steps.some((step) => step.state === 'failed' && logLines(step.facts).length > 0)
  return inSteps || logLines(report.problem?.facts ?? {}).length > 0
}

function extras(report: RunReport, { look }: Reader): string[] {
  return [
    ...report.kept.flatMap((each) => hints(look.columns, [['kept', look.text(each)]])),
    ...report.warnings.flatMap((each) => hints(look.columns, [['note', look.text(each)]])),
  ]
}

type Pair = readonly [string, string]

/** A short word, and what it stands for in a column of its own. */
export function hints(columns: number | null, pairs: readonly Pair[]): string[] {
  return pairs.flatMap(([word, text]) => {
    const lines = columns === null ? [`           ${text}`] : wrap(text, columns, '           ')
    return lines.map((line, index) => (index === 0 ? `  ${pad(word, 9)}${line.slice(11)}` : line))
  })
}
