import { blamesRelease } from '../../core/policy/blame.ts'
import type { RunReport } from '../../ports/engine.ts'
import type { Look } from '../terminal/look.ts'
import { pad, wrap } from '../terminal/width.ts'
import { logLines, problemLines, type Reader } from './problem.ts'
import { duration } from './units.ts'

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
  const { look } = reader
  const at = report.from === null ? '' : ` at ${look.text(report.from)}`
  if (report.problem !== null) {
    return [
      ...problemLines(report.problem, reader, `${report.component}: `),
      `${report.component} stays${at === '' ? ' as it is' : at}. Nothing was changed.`,
    ]
  }
  const has = report.action === 'update' ? 'is up to date' : 'needs nothing'
  return [`${report.component} ${has}${at}. Nothing was changed.`, ...extras(report, reader)]
}

function committed(report: RunReport, { look }: Reader): string[] {
  const { component } = report
  const to = look.text(report.to ?? 'its new version')
  const down = report.downtime_ms > 0 ? `, down ${duration(report.downtime_ms)}` : ''
  switch (report.action) {
    case 'update':
    case 'rollback':
      if (report.restart_required) {
        return [
          `${component} ${to} is in place, but nothing here can see it run yet.`,
          ...hints(look.columns, [
            ['next', 'restart it yourself'],
            ['then', `belay status ${component}`],
          ]),
        ]
      }
      return [
        `${component} is at ${to} and verified${down}.`,
        ...(report.from === null ? [] : hints(look.columns, [['way back', `belay rollback ${component}`]])),
      ]
    case 'adopt':
      return [
        `${component} is taken over${down}. Updates now switch between kept versions.`,
        ...hints(look.columns, [
          ['next', `belay check ${component}`],
          ['release', `belay forget ${component}`],
        ]),
      ]
    case 'forget':
      return [`${component} is a plain folder again and no longer in belay's care. What it runs was not changed.`]
    case 'restore':
      return [`The backup of ${component} is restored and verified${down}.`]
  }
}

function heldNote({ problem, to }: RunReport, look: Look): string {
  if (to === null || !blamesRelease(problem)) return ''
  return `        ${look.text(to)} will not be tried automatically again`
}

function rolledBack(report: RunReport, reader: Reader): string[] {
  const { look } = reader
  const { component, run } = report
  const cancelled = report.problem?.code === 'E_CANCELLED'
  const asked = cancelled ? ', as you asked' : ''
  const why: Pair[] =
    run === null ? [] : [['why', `belay show ${run}${hasLog(report) ? '        (the log lines are in it)' : ''}`]]
  if (report.from === null) {
    return [
      `  ${look.paint('warn', look.glyph.undone)} ${pad('taken back', 15)}what was installed is gone again`,
      `${component} was not installed${asked}. Nothing of yours was changed.`,
      ...hints(look.columns, [...(cancelled ? [] : why), ['retry', `belay update ${component}`]]),
    ]
  }
  const from = look.text(report.from)
  const down = report.downtime_ms > 0 ? `, down ${duration(report.downtime_ms)} in all` : ''
  const state = report.restart_required ? 'is back in place' : 'is running and healthy again'
  const retry: Pair[] =
    report.action === 'update' && report.to !== null
      ? [['retry', `belay update ${component}${heldNote(report, look)}`]]
      : []
  return [
    `  ${look.paint('warn', look.glyph.undone)} ${pad('rolled back', 15)}${from} ${state}${down}`,
    ...wrap(
      `${component} was ${notDone(report)}${asked}. ${from} is back and verified; nothing of yours was lost.`,
      look.columns,
      '',
    ),
    ...hints(look.columns, cancelled ? [] : [...why, ...retry]),
  ]
}

function failed(report: RunReport, reader: Reader): string[] {
  const { look } = reader
  const still = report.from === null ? '' : ` ${look.text(report.from)} is still in place.`
  const problem = report.problem === null ? [] : problemLines(report.problem, reader, '  why      ', '           ')
  return [
    ...wrap(`${report.component} was ${notDone(report)}, and nothing was changed.${still}`, look.columns, ''),
    ...problem,
    ...hints(look.columns, report.run === null ? [] : [['details', `belay show ${report.run}`]]),
  ]
}

function stuck(report: RunReport, reader: Reader): string[] {
  const { look } = reader
  const between =
    report.from === null || report.to === null ? '' : ` between ${look.text(report.from)} and ${look.text(report.to)}`
  const problem = report.problem === null ? [] : problemLines(report.problem, reader, '  why      ', '           ')
  return [
    ...wrap(
      `${look.paint('bad', `${report.component} is stuck${between}`)}: a person is needed. Belay stopped there and keeps what it has.`,
      look.columns,
      '',
    ),
    ...problem,
    ...hints(look.columns, [
      ...(report.run === null ? [] : [['look', `belay show ${report.run}`] as const]),
      ['then', 'belay resume'],
    ]),
  ]
}

function notDone(report: RunReport): string {
  switch (report.action) {
    case 'update':
      // Of what was never opened it is not known what was there.
      return report.from === null && report.run !== null ? 'not installed' : 'not updated'
    case 'rollback':
      return 'not rolled back'
    case 'adopt':
      return 'not taken over'
    case 'forget':
      return 'not released'
    case 'restore':
      return 'not restored'
  }
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
