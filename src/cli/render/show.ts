import type { Facts } from '../../core/model/problem.ts'
import type { RunDetails, StepReport } from '../../ports/engine.ts'
import { logLines } from '../../protocol/words/log-lines.ts'
import type { Look, Tone } from '../terminal/look.ts'
import { pad, wrap } from '../terminal/width.ts'
import { outcomeTone, outcomeWord } from './history.ts'
import { heading } from './plan.ts'
import { problemLines, type Reader } from './problem.ts'
import { labelOf } from '../../protocol/words/rows.ts'
import { facts } from './table.ts'
import { en } from '../../protocol/words/en.ts'
import { planFacts } from '../../protocol/words/plan.ts'
import { bytes, duration, moment } from '../../protocol/words/units.ts'

const labelColumns = 13
const under = ' '.repeat(labelColumns + 4)

/** One run with every step, what was seen where it failed, and what was kept. */
export function showLines(run: RunDetails, reader: Reader): string[] {
  const { look } = reader
  const planned = [...run.plan.steps, ...run.plan.back]
  const outcome = run.closed === null ? 'unfinished' : run.outcome
  return [
    `${heading(run.plan, look)}   ${look.paint(outcomeTone(outcome), outcomeWord(outcome))}`,
    ...facts(about(run), look),
    '',
    ...run.steps.flatMap((step, at) => stepLines(step, planned[at]?.phase, look)),
    '',
    ...(run.problem === null ? [] : problemLines(run.problem, reader, 'why: ')),
    ...log('', run.problem?.facts ?? {}, look),
    ...run.kept.map((each) => `kept: ${look.text(each)}`),
    ...run.warnings.flatMap((each) => wrap(`note: ${look.text(each)}`, look.columns, '')),
    ...next(run),
  ]
}

function about(run: RunDetails): (readonly [string, string | null])[] {
  return [
    ['run', run.run],
    ['opened', moment(run.opened)],
    ['closed', run.closed === null ? null : moment(run.closed)],
    ['trust', en.trust(planFacts(run.plan, []))],
    ['down', run.downtime_ms > 0 ? duration(run.downtime_ms) : null],
    ['seen', run.measured === undefined ? null : en.measured(run.measured)],
    ['downloaded', run.bytes_downloaded > 0 ? bytes(run.bytes_downloaded) : null],
  ]
}

function stepLines(step: StepReport, phase: Parameters<typeof labelOf>[0]['phase'] | undefined, look: Look): string[] {
  const { sign, tone, word } = marks(step, look)
  const label = labelOf({ kind: step.kind, phase: phase ?? 'before' })
  const time = step.state === 'pending' || step.state === 'skipped' ? '' : `, ${duration(step.ms)}`
  const words = `${word}${look.text(step.detail === '' ? step.kind : step.detail)}${time}`
  const [first = '', ...rest] = wrap(words, look.columns, under)
  return [
    `  ${look.paint(tone, sign)} ${pad(label, labelColumns)}${first.trimStart()}`,
    ...rest,
    ...(step.state === 'failed' ? [...seen(step.facts, look), ...log(under, step.facts, look)] : []),
  ]
}

function marks(step: StepReport, look: Look): { readonly sign: string; readonly tone: Tone; readonly word: string } {
  const { glyph } = look
  switch (step.state) {
    case 'done':
      return { sign: glyph.ok, tone: 'good', word: '' }
    case 'failed':
      return { sign: glyph.failed, tone: 'bad', word: 'failed: ' }
    case 'undone':
      return { sign: glyph.undone, tone: 'warn', word: 'undone: ' }
    case 'running':
      return { sign: glyph.busy, tone: 'warn', word: 'begun: ' }
    case 'pending':
      return { sign: ' ', tone: 'quiet', word: 'not reached: ' }
    case 'skipped':
      return { sign: ' ', tone: 'quiet', word: 'skipped: ' }
  }
}

function seen(found: Facts, look: Look): string[] {
  const flat = Object.entries(found).flatMap(([key, value]) =>
    value === null || typeof value === 'object' ? [] : [[key, String(value)] as const],
  )
  return facts(
    flat.filter(([, text]) => !text.includes('\n')),
    look,
    under,
  )
}

function log(indent: string, found: Facts, look: Look): string[] {
  return logLines(found).map((line) => `${indent}| ${look.text(line)}`)
}

function next(run: RunDetails): string[] {
  if (run.closed === null) return [`This run is unfinished: run belay resume`]
  return run.outcome === 'stuck' ? ['When it is repaired: belay resume'] : []
}
