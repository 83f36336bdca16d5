import { expect, test } from 'vitest'
import type { RunView } from '../../api/types.ts'
import { after, nothingYet } from './stream.ts'

function run(seq: number, ...states: RunView['steps'][number]['state'][]): RunView {
  const steps = states.map((state, index) => ({
    index,
    group: index,
    kind: 'download',
    title: 'download',
    detail: '',
    when: 'running' as const,
    back: false,
    state,
    ms: 0,
    facts: {},
    problem: null,
    log: [],
  }))
  return {
    run: 'r-1',
    component: 'core',
    action: 'update',
    from: '1',
    to: '2',
    restart_required: false,
    downtime_ms: 0,

    bytes_downloaded: 0,
    measured_text: null,
    problem: null,
    kept: [],
    warnings: [],
    seq,
    opened: '2026-11-21T12:00:00Z',
    closed: null,

    outcome: 'unfinished',
    phase: 'downloading',
    phase_text: '',
    driven: true,
    title_text: '',
    outcome_text: null,
    next_text: null,
    commit_after: 0,
    steps,
  }
}

const snapshot = (view: RunView) => ({ event: 'snapshot', data: JSON.stringify(view) })
const progress = (index: number, done_bytes: number) => ({
  event: 'progress',
  data: JSON.stringify({ index, done_bytes, total_bytes: 100, message: null }),
})

test('when snapshots come then the newest is shown, and one that is late changes nothing', () => {
  const events = [snapshot(run(1, 'running')), snapshot(run(3, 'done')), snapshot(run(2, 'running'))]
  expect(events.reduce(after, nothingYet).run?.seq).toBe(3)
})

test('when a step has ended then its progress is forgotten, and that of the running one is kept', () => {
  const events = [
    snapshot(run(1, 'running', 'pending')),
    progress(0, 50),
    progress(1, 7),
    snapshot(run(2, 'done', 'running')),
  ]
  expect([...events.reduce(after, nothingYet).progress.keys()]).toStrictEqual([1])
})

test('when the run closes then it is known how, and an event nobody knows changes nothing', () => {
  const known = [snapshot(run(1, 'running')), { event: 'news', data: 'x' }].reduce(after, nothingYet)
  expect(known.closed).toBe(false)
  const closed = after(known, { event: 'closed', data: JSON.stringify(run(2, 'done')) })
  expect([closed.closed, closed.run?.seq, closed.run?.steps[0]?.state]).toStrictEqual([true, 2, 'done'])
})
