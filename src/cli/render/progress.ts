import type { Plan } from '../../core/plan/plan.ts'
import type { RunEvent } from '../../ports/progress.ts'
import type { Look } from '../terminal/look.ts'
import { fit, pad, wrap } from '../terminal/width.ts'
import { detailOf, heading } from './plan.ts'
import type { Row } from '../../protocol/words/rows.ts'
import { rowsOf } from '../../protocol/words/rows.ts'
import { bytes, clock, duration } from '../../protocol/words/units.ts'

/** A run as its events tell it. Events may be missing: every event is enough by itself, given the plan. */
export interface Progress {
  readonly run: string | null
  readonly plan: Plan | null
  readonly rows: readonly Row[]
  /** Milliseconds per step that is done. */
  readonly spent: ReadonlyMap<number, number>
  readonly busy: Busy | null
}

interface Busy {
  readonly step: number
  readonly undoing: boolean
  readonly since: number
  readonly message: string | null
  readonly doneBytes: number | null
  readonly totalBytes: number | null
}

export const idle: Progress = { run: null, plan: null, rows: [], spent: new Map(), busy: null }

const labelColumns = 15
const barColumns = 20

/** The next state, and the lines that are final. `now`: milliseconds since the epoch. */
export function advance(
  state: Progress,
  event: RunEvent,
  look: Look,
  now: number,
): { readonly state: Progress; readonly lines: readonly string[] } {
  if (event.t === 'opened') {
    const lines = [
      heading(event.plan, look),
      ...(event.resumed ? [`  continuing the unfinished run ${event.run}`] : []),
    ]
    return {
      state: { ...idle, run: event.run, plan: event.plan, rows: rowsOf(event.plan) },
      lines: stamped(lines, look, now),
    }
  }
  if (event.run !== state.run) return { state, lines: [] }
  switch (event.t) {
    case 'step':
      return step(state, event, look, now)
    case 'progress': {
      if (state.busy === null) return { state, lines: [] }
      const { doneBytes, totalBytes, message } = event
      const bytesKnown = totalBytes !== null || doneBytes > 0
      return {
        state: { ...state, busy: { ...state.busy, message, totalBytes, doneBytes: bytesKnown ? doneBytes : null } },
        lines: [],
      }
    }
    case 'failed': {
      const label = rowAt(state, event.step)?.label ?? 'step'
      if (event.verb === 'observe') return { state, lines: [] }
      const name = event.verb === 'undo' ? `undo ${label}` : label
      const lines = failure(name, look.text(event.problem.message), look)
      return { state: { ...state, busy: null }, lines: stamped(lines, look, now) }
    }
    case 'waiting': {
      const lines = look.columns === null ? [`  ${look.glyph.busy} waiting until ${clock(event.until)}`] : []
      return { state, lines: stamped(lines, look, now) }
    }
    case 'closed':
      return { state: { ...state, busy: null }, lines: [] }
  }
}

type StepEvent = Extract<RunEvent, { readonly t: 'step' }>

function step(state: Progress, event: StepEvent, look: Look, now: number) {
  const row = rowAt(state, event.step)
  switch (event.state) {
    case 'running':
    case 'undoing': {
      const undoing = event.state === 'undoing'
      const busy = { step: event.step, undoing, since: now, message: null, doneBytes: null, totalBytes: null }
      return { state: { ...state, busy }, lines: [] }
    }
    case 'done': {
      const spent = new Map(state.spent).set(event.step, event.ms)
      const next = { ...state, spent, busy: null }
      const isLast = row !== null && row.steps.at(-1) === event.step
      return {
        state: next,
        lines: isLast ? stamped([doneLine(next, row, look, received(state, event))], look, now) : [],
      }
    }
    case 'undone': {
      // On a terminal the way back is one sentence at the end; a log wants every step.
      const kind = state.plan?.steps[event.step]?.kind
      const tells = look.columns === null && kind !== undefined && !nothingToUndo.has(kind)
      const lines = tells && row !== null ? [undoneLine(row, state, event, look)] : []
      return { state: { ...state, busy: null }, lines: stamped(lines, look, now) }
    }
  }
}

/** What only asked, or left something that is kept: that it was "undone" tells nobody anything. */
const nothingToUndo: ReadonlySet<string> = new Set([
  'manifest',
  'check',
  'sync',
  'soak',
  'backup',
  'guard',
  'carry',
  'prepare',
  'rehome',
])

function rowAt(state: Progress, index: number): Row | null {
  return state.rows.find((row) => row.steps.includes(index)) ?? null
}

function received(state: Progress, event: StepEvent): number | null {
  const fact = event.facts['bytes']
  return typeof fact === 'number' ? fact : (state.busy?.doneBytes ?? null)
}

function doneLine(state: Progress, row: Row, look: Look, got: number | null): string {
  const ms = row.steps.reduce((sum, each) => sum + (state.spent.get(each) ?? 0), 0)
  const time = duration(ms)
  const start = `  ${look.paint('good', look.glyph.ok)} ${pad(row.label, labelColumns)}`
  if (row.label === 'download' && got !== null) return `${start}${bytes(got)} in ${time}`
  const room = look.columns === null ? Number.POSITIVE_INFINITY : look.columns - labelColumns - 6 - time.length
  const detail = fit(detailOf(row, look), room, look.glyph.ellipsis)
  return `${start}${detail}${detail === '' ? '' : ', '}${time}`
}

function undoneLine(row: Row, state: Progress, event: StepEvent, look: Look): string {
  const detail = state.plan?.steps[event.step]?.detail ?? ''
  return `  ${look.glyph.undone} ${pad('undone', labelColumns)}${row.label}: ${look.text(detail)}, ${duration(event.ms)}`
}

function failure(name: string, message: string, look: Look): string[] {
  const [first = '', ...rest] = wrap(message, look.columns, ' '.repeat(labelColumns + 4))
  return [`  ${look.paint('bad', look.glyph.failed)} ${pad(name, labelColumns)}${first.trimStart()}`, ...rest]
}

/** Not on a terminal a line tells when it was written. */
function stamped(lines: readonly string[], look: Look, now: number): readonly string[] {
  return look.columns === null ? lines.map((line) => `${clock(now)} ${line}`) : lines
}

/** The line that is filling in, shorter than the terminal is wide; null when nothing is going on. */
export function liveLine(state: Progress, look: Look, now: number): string | null {
  const { busy } = state
  const row = busy === null ? null : rowAt(state, busy.step)
  if (busy === null || row === null || look.columns === null) return null
  const sign = busy.undoing ? look.glyph.undone : look.glyph.busy
  const start = `  ${sign} ${pad(busy.undoing ? `undo ${row.label}` : row.label, labelColumns)}`
  const plan = state.plan === null ? [] : [...state.plan.steps, ...state.plan.back]
  const rest = bar(busy, look) ?? busyText(busy, plan[busy.step]?.detail ?? '', look, now)
  return fit(start + rest, look.columns - 1, look.glyph.ellipsis)
}

function busyText(busy: Busy, detail: string, look: Look, now: number): string {
  const text = look.text(busy.message ?? detail)
  const ms = now - busy.since
  return ms < 2000 ? text : `${duration(ms)}  ${text}`
}

function bar(busy: Busy, look: Look): string | null {
  if (busy.doneBytes === null) return null
  if (busy.totalBytes === null || busy.totalBytes === 0) return `${bytes(busy.doneBytes)} so far`
  const share = Math.min(1, busy.doneBytes / busy.totalBytes)
  const full = Math.floor(share * barColumns)
  const drawn = look.glyph.barFull.repeat(full) + look.glyph.barEmpty.repeat(barColumns - full)
  return `${drawn}  ${bytes(busy.doneBytes)} of ${bytes(busy.totalBytes)}`
}
