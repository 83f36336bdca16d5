import { expect, test } from 'vitest'
import { checkReport, runReport, statusReport } from '../../../test/fakes/engine.ts'
import { corePlan } from '../../../test/fakes/plan.ts'
import { problem } from '../../core/model/problem.ts'
import type { RunDetails, StepReport } from '../../ports/engine.ts'
import { socketBodies } from '../../protocol/ws/messages.ts'
import { offerOf, systemInfoOf } from './tell-components.ts'
import { logOf, outcomeText, progressOf, resultOf } from './tell-run.ts'

const plan = corePlan()

/** A run whose first `done` steps are done, and the next one under way. */
function runAt(done: number, change: Partial<RunDetails> = {}): RunDetails {
  const steps = plan.steps.map((step, i): StepReport => {
    const state = i < done ? 'done' : i === done ? 'running' : 'pending'
    return { kind: step.kind, state, ms: 0, detail: step.detail, facts: {} }
  })
  const open = { opened: '2026-01-01T00:00:00Z', closed: null, phase: 'downloading', plan, entries: [] } as const
  return { ...runReport({ steps, outcome: 'stuck' }), ...open, ...change }
}

const half = { index: 0, done_bytes: 500, total_bytes: 1000, message: '500 of 1000' }

test('when a step counts its bytes then they count within its share, and its words are told', () => {
  const count = plan.steps.length
  expect(progressOf(runAt(0), null)).toMatchObject({ step: 'download', percent: 0, message: plan.steps[0]?.detail })
  expect(progressOf(runAt(0), half)).toMatchObject({ percent: Math.floor(50 / count), message: '500 of 1000' })
  // What was said of another step says nothing of this one.
  expect(progressOf(runAt(2), half)).toMatchObject({
    percent: Math.floor(200 / count),
    message: plan.steps[2]?.detail,
  })
  expect(socketBodies.updater_progress.parse(progressOf(runAt(2), half))).toEqual(progressOf(runAt(2), half))
})

test.each([
  ['downloading', 'downloading', 'info'],
  ['soaking', 'verifying', 'info'],
  ['rolling_back', 'applying', 'warning'],
  ['rolled_back', 'failed', 'error'],
  ['stuck', 'failed', 'error'],
] as const)('when a run is %s then frontends hear %s, as %s', (phase, word, level) => {
  expect(progressOf(runAt(3, { phase }), null)).toMatchObject({ phase: word, level, success: level === 'info' })
})

test('when a run was committed then it is whole, and not a moment before', () => {
  const closed = '2026-01-01T00:00:09Z'
  const done = runAt(plan.steps.length, { phase: 'succeeded', outcome: 'committed', closed })
  expect(progressOf(done, null)).toMatchObject({ percent: 100, phase: 'success', message: 'Updated core to 1.1.0' })
  expect(progressOf({ ...done, closed: null, outcome: 'stuck' }, null).percent).toBe(99)
})

test('when a run is over then its sentence says what happened, what stands and what to do', () => {
  const why = problem('E_CHECK_FAILED', 'GET / answered 500.', { hint: 'Look at its log.' })
  expect(outcomeText(runReport())).toBe('Updated core to 1.1.0')
  expect(outcomeText(runReport({ action: 'rollback', to: '1.0.3' }))).toBe('Rolled core back to 1.0.3')
  expect(outcomeText(runReport({ outcome: 'current' }))).toBe('core is up to date (1.0.4)')
  expect(outcomeText(runReport({ outcome: 'rolled-back', problem: why }))).toBe(
    'core was not updated to 1.1.0. 1.0.4 is back and verified. GET / answered 500. Look at its log.',
  )
  expect(outcomeText(runReport({ outcome: 'failed', problem: why }))).toMatch(/nothing was changed/)
  expect(outcomeText(runReport({ outcome: 'stuck', problem: why }))).toMatch(/needs somebody/)
})

test('when an end is told then under the name that was asked with, and as a line of the log', () => {
  const result = resultOf(runReport({ outcome: 'failed' }), 'dunebugger-core')
  expect(result).toMatchObject({ component: 'dunebugger-core', success: false, dry_run: false, run: 'r-7f3c12ab' })
  expect(logOf(result)).toMatchObject({ success: false, level: 'error' })
})

const newer = checkReport({ latest: '1.1.0', update_available: true, release_url: 'https://x.test', relation: 'older' })

test.each([
  ['an update', { available: '1.1.0', update_available: true }, newer, '1.0.4', '1.1.0'],
  ['none', {}, checkReport(), '1.0.4', '1.0.4'],
  [
    'a version beyond the published one',
    { installed: '2.0.0' },
    checkReport({ relation: 'local-newer' }),
    '2.0.0',
    '2.0.0',
  ],
  ['never a check', { available: null, last_checked: null }, null, '1.0.4', null],
  [
    'a source that does not answer',
    { available: null },
    checkReport({ latest: null, error: { code: 'E_NETWORK', message: 'No answer.', hint: null } }),
    '1.0.4',
    null,
  ],
  ['nothing installed', { installed: null }, checkReport(), 'unknown', 'unknown'],
] as const)(
  'when there is %s then the browser, which compares for equality alone, sees it so',
  (_what, status, check, version, last) => {
    const info = systemInfoOf('vm', '2026-01-01T00:00:00Z', [{ status: statusReport(status), check }])
    expect(info.dunebugger_components[0]).toMatchObject({ version, last_available_version: last })
    expect(info.system_info.dunebugger_components).toEqual(info.dunebugger_components)
    expect(socketBodies.system_info.parse(info)).toEqual(info)
  },
)

test('when an update was installed since the check then the check is not told as if it still held', () => {
  const status = statusReport({ installed: '1.1.0', available: '1.1.0' })
  const info = systemInfoOf('vm', '2026-01-01T00:00:00Z', [{ status, check: newer }])
  expect(info.components['core']).toMatchObject({ current: '1.1.0', update_available: false, relation: 'current' })
  expect(offerOf({ status, check: newer })).toBeNull()
})

test('when there is an update then it is offered with where to read of it', () => {
  const status = statusReport({ available: '1.1.0', update_available: true })
  expect(offerOf({ status, check: newer })).toEqual({
    component: 'core',
    current: '1.0.4',
    latest: '1.1.0',
    release_notes: null,
    release_url: 'https://x.test',
  })
})
