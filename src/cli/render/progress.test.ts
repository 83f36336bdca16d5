import { expect, test } from 'vitest'
import { problem } from '../../../src/core/model/problem.ts'
import { corePlan, runId } from '../../../test/fakes/plan.ts'
import type { RunEvent } from '../../ports/progress.ts'
import { lookOf } from '../terminal/look.ts'
import { width } from '../terminal/width.ts'
import { advance, idle, liveLine, type Progress } from './progress.ts'
import { clock } from '../../protocol/words/units.ts'

const now = Date.parse('2026-11-20T12:00:00.000Z')
const run = runId('r-7f3c12ab')
const utf8 = { LANG: 'C.UTF-8', NO_COLOR: '1' }
const pipe = lookOf({ write: () => {} }, utf8, { color: true })
const terminal = lookOf({ write: () => {}, isTTY: true, columns: 72 }, utf8, { color: true })

const opened: RunEvent = { t: 'opened', run, plan: corePlan(), resumed: false }
const step = (at: number, state: 'running' | 'done' | 'undoing' | 'undone', ms = 0, facts = {}): RunEvent => ({
  t: 'step',
  run,
  step: at,
  state,
  ms,
  facts,
})
const failed = (at: number, verb: 'apply' | 'observe' | 'undo', message: string): RunEvent => ({
  t: 'failed',
  run,
  step: at,
  verb,
  ms: 60_000,
  problem: problem('E_CHECK_FAILED', message),
})
const loading = (doneBytes: number, totalBytes: number | null): RunEvent => ({
  t: 'progress',
  run,
  step: 0,
  doneBytes,
  totalBytes,
  message: null,
})

function play(events: readonly RunEvent[], look = terminal): { state: Progress; lines: string[] } {
  let state = idle
  const lines: string[] = []
  for (const event of events) {
    const next = advance(state, event, look, now)
    state = next.state
    lines.push(...next.lines)
  }
  return { state, lines }
}

test('when steps are done then each row becomes one line with its time', () => {
  const events = [
    opened,
    step(0, 'running'),
    loading(84_000, 2_100_000),
    step(0, 'done', 300),
    step(1, 'running'),
    step(1, 'done', 1000),
    step(2, 'running'),
    step(2, 'done', 2500),
  ]
  expect(play(events).lines).toEqual([
    'core  1.0.4 → 1.1.0',
    '  ✓ download       84 kB in 0.3 s',
    '  ✓ prepare        python3 -m venv .venv · npm ci, 3.5 s',
  ])
})

test('when there is no terminal then every line tells when it was written, the way back too', () => {
  const events = [
    opened,
    step(3, 'running'),
    step(3, 'done', 200),
    failed(5, 'apply', 'no'),
    step(3, 'undoing'),
    step(3, 'undone', 100),
  ]
  const at = clock(now)
  expect(play(events, pipe).lines).toEqual([
    `${at} core  1.0.4 → 1.1.0`,
    `${at}   ✓ stop           systemd dunebugger, 0.2 s`,
    `${at}   ✗ start          no`,
    `${at}   ↩ undone         stop: systemd dunebugger, 0.1 s`,
  ])
})

test('when a step fails then the reason is there, wrapped under itself', () => {
  const message = 'GET http://localhost:5000/health answered 500 for 60 s (last: "no such column: fixture.zone")'
  expect(play([opened, step(6, 'running'), failed(6, 'apply', message)]).lines.slice(1)).toEqual([
    '  ✗ verify         GET http://localhost:5000/health answered 500 for 60',
    '                   s (last: "no such column: fixture.zone")',
  ])
})

test('when the way back fails then it says so; a look that failed is looked at again in silence', () => {
  const { lines } = play([opened, failed(5, 'observe', 'hm'), failed(3, 'undo', 'unit is masked')])
  expect(lines.slice(1)).toEqual(['  ✗ undo stop      unit is masked'])
})

test('when a run is continued then it says so', () => {
  expect(play([{ ...opened, resumed: true }]).lines).toEqual([
    'core  1.0.4 → 1.1.0',
    '  continuing the unfinished run r-7f3c12ab',
  ])
})

test('when bytes come in then the live line is a bar that fills', () => {
  const { state } = play([opened, step(0, 'running'), loading(1_050_000, 2_100_000)])
  expect(liveLine(state, terminal, now)).toBe('  · download       ██████████░░░░░░░░░░  1.1 MB of 2.1 MB')
  const unknown = play([opened, step(0, 'running'), loading(1_050_000, null)]).state
  expect(liveLine(unknown, terminal, now)).toBe('  · download       1.1 MB so far')
})

test('when a step takes long then the live line tells for how long', () => {
  const { state } = play([opened, step(1, 'running')])
  expect(liveLine(state, terminal, now + 500)).toBe('  · prepare        python3 -m venv .venv')
  expect(liveLine(state, terminal, now + 12_000)).toBe('  · prepare        12 s  python3 -m venv .venv')
  const undoing = play([opened, step(4, 'undoing')]).state
  expect(liveLine(undoing, terminal, now)).toBe('  ↩ undo switch    current → releases/1.1.0')
})

test('when the terminal is narrow then the live line is shorter than it', () => {
  const narrow = lookOf({ write: () => {}, isTTY: true, columns: 40 }, utf8, { color: true })
  const { state } = play([opened, step(0, 'running'), loading(1_050_000, 2_100_000)], narrow)
  expect(width(liveLine(state, narrow, now) ?? '')).toBeLessThan(40)
  const { lines } = play([opened, step(1, 'done', 10), step(2, 'done', 10)], narrow)
  expect(width(lines[1] ?? '')).toBeLessThanOrEqual(40)
})

test('when nothing goes on, or there is no terminal, then there is no live line', () => {
  expect(liveLine(play([opened]).state, terminal, now)).toBeNull()
  expect(liveLine(play([opened, step(1, 'running')], pipe).state, pipe, now)).toBeNull()
})

test('when an event is of another run then it is not shown', () => {
  const other: RunEvent = { t: 'step', run: runId('r-00000001'), step: 0, state: 'done', ms: 1, facts: {} }
  expect(play([opened, other]).lines).toHaveLength(1)
})
