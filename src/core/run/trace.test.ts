import { expect, test } from 'vitest'
import {
  cancel,
  closed,
  done,
  failed,
  intent,
  journalOf,
  openedAt,
  resumed,
  undone,
} from '../../../test/fakes/journal.ts'
import { check, corePlan, link, turn } from '../../../test/fakes/plan.ts'
import { problem } from '../model/problem.ts'
import type { RunId } from '../model/names.ts'
import type { Entry } from './entry.ts'
import { traceOf } from './trace.ts'

const run = 'r-00000001' as RunId
const steps = [turn('stop'), link(), turn('start'), check('after', 'healthy')]

function trace(...said: readonly (Entry | number)[]) {
  return traceOf(run, journalOf(corePlan({ steps, commitAfter: 3 }), ...said), 'host')
}

function told(...said: readonly (Entry | number)[]) {
  return trace(...said).spans.map(({ name, startMs, endMs }) => [name, startMs - openedAt, endMs - openedAt])
}

const forward = [10, intent(0), 300, done(0), intent(1), 5, done(1), intent(2), 100, done(2), intent(3), 50, done(3)]

test('when a run is committed then each step is a span with the journal’s own times, below the run', () => {
  const { traceId, spans, spansDropped } = trace(...forward, closed('committed'))
  expect(told(...forward, closed('committed'))).toStrictEqual([
    ['update core', 0, 465],
    ['apply stop', 10, 310],
    ['apply link', 310, 315],
    ['apply start', 315, 415],
    ['apply check', 415, 465],
  ])
  const [root, ...rest] = spans
  expect(root).toMatchObject({ parentSpanId: null, status: { ok: true } })
  expect(root?.attributes).toMatchObject({
    'belay.run': run,
    'belay.component': 'core',
    'belay.action': 'update',
    'belay.outcome': 'committed',
    'belay.downtime_ms': 405,
  })
  expect(rest.map(({ parentSpanId }) => parentSpanId)).toStrictEqual(rest.map(() => root?.spanId))
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(5)
  expect(spans.every(({ spanId }) => /^[0-9a-f]{16}$/.test(spanId))).toBe(true)
  expect(spansDropped).toBe(0)
})

test('when it is told again then the ids are the same, and those of another host or time are others', () => {
  const entries = journalOf(corePlan({ steps, commitAfter: 3 }), ...forward, closed('committed'))
  const ids = (host: string, all = entries) => {
    const { traceId, spans } = traceOf(run, all, host)
    return [traceId, ...spans.map(({ spanId }) => spanId)]
  }
  expect(ids('host')).toStrictEqual(ids('host'))
  const later = entries.map((entry) => ({ ...entry, at: entry.at + 1 }))
  for (const other of [ids('other'), ids('host', later)])
    expect(ids('host').filter((id) => other.includes(id))).toEqual([])
})

test('when a run goes back then what failed says why, and the undoing has spans of its own', () => {
  const why = problem('E_CHECK_FAILED', 'GET /health answered 500: secret')
  const said = [
    intent(0),
    10,
    done(0),
    intent(1),
    20,
    failed(1),
    30,
    failed(1, 'undo', 'E_DISK_FULL'),
    40,
    undone(1),
    undone(0),
  ]
  const { spans } = trace(...said, closed('rolled-back', why))
  expect(spans.map(({ name, status }) => [name, status])).toStrictEqual([
    ['update core', { error: 'E_CHECK_FAILED' }],
    ['apply stop', null],
    ['apply link', { error: 'E_IO' }],
    ['undo link', { error: 'E_DISK_FULL' }],
    ['undo link', null],
    ['undo stop', null],
  ])
  expect(spans[0]?.attributes).toMatchObject({ 'belay.outcome': 'rolled-back', 'error.type': 'E_CHECK_FAILED' })
  expect(JSON.stringify(spans)).not.toContain('secret')
})

test('when it was cut off then the attempt that nobody saw the end of is marked, also where the machine was asked', () => {
  const again = trace(intent(0), 1_000, intent(0), 10, done(0), closed('failed'))
  expect(
    again.spans.slice(1).map(({ attributes, startMs, endMs }) => [attributes['belay.interrupted'], endMs - startMs]),
  ).toEqual([
    [true, 1_000],
    [undefined, 10],
  ])
  const asked = trace(intent(0), 1_000, failed(0, 'observe'), 10, done(0, { observed: true }), closed('failed'))
  expect(asked.spans.slice(1).map(({ name, attributes }) => [name, attributes['belay.interrupted']])).toEqual([
    ['observe stop', undefined],
    ['apply stop', true],
  ])
})

test('when somebody intervened then it is an event, and a run that is not over has no status', () => {
  const { spans } = trace(intent(0), 5, cancel, failed(0), closed('stuck'), 7, resumed)
  expect(spans[0]?.events).toStrictEqual([
    { name: 'cancel', atMs: openedAt + 5 },
    { name: 'resumed', atMs: openedAt + 12 },
  ])
  expect(spans[0]?.status).toBeNull()
})

test('when the clock was set back then no span ends before it begins', () => {
  for (const { startMs, endMs } of trace(100, intent(0), -5_000, done(0), -5_000, undone(0), closed('failed')).spans)
    expect(endMs).toBeGreaterThanOrEqual(startMs)
})

test('when a run was tried again without end then the trace stays small, and says how much is missing', () => {
  const tries = Array.from({ length: 3_000 }, () => [intent(0), 1, failed(0)]).flat()
  const { spans, spansDropped } = trace(...tries, closed('stuck'))
  expect([spans.length, spansDropped]).toStrictEqual([2_001, 1_000])
})
