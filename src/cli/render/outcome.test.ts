import { expect, test } from 'vitest'
import { runReport } from '../../../test/fakes/engine.ts'
import { problem } from '../../core/model/problem.ts'
import { lookOf } from '../terminal/look.ts'
import { outcomeLines } from './outcome.ts'
import type { Reader } from './problem.ts'

const look = lookOf({ write: () => {} }, { LANG: 'C.UTF-8' }, { color: true })
const english: Reader = { look, language: 'en', now: Date.parse('2026-11-20T12:00:00.000Z') }
const checkFailed = problem('E_CHECK_FAILED', 'GET :5000/health answered 500 for 60 s', {
  hint: 'Look at the log.',
  facts: { log: ['boom'] },
})

test('when an update is committed then it says where things are and how to go back', () => {
  expect(outcomeLines(runReport(), english)).toEqual([
    'core is at 1.1.0 and verified, down 1.4 s.',
    '  way back belay rollback core',
  ])
})

test('when somebody looked at the front door meanwhile then it says what was seen, also of what was put back', () => {
  const measured = { asked: 1240, failed: 0, worst_ms: 45 }
  const seen = '1,240 requests at the front door meanwhile: none failed, the slowest took 45 ms.'
  expect(outcomeLines(runReport({ downtime_ms: 0, measured }), english)).toEqual([
    'core is at 1.1.0 and verified.',
    seen,
    '  way back belay rollback core',
  ])
  expect(outcomeLines(runReport({ outcome: 'rolled-back', measured, problem: checkFailed }), english)).toContain(seen)
})

test('when it was the first installation then there is no way back to name', () => {
  expect(outcomeLines(runReport({ from: null, downtime_ms: 0 }), english)).toEqual(['core is at 1.1.0 and verified.'])
})

test('when nothing here can see the new version run then it is not called verified', () => {
  expect(outcomeLines(runReport({ restart_required: true }), english)).toEqual([
    'core 1.1.0 is in place, but nothing here can see it run yet.',
    '  next     restart it yourself',
    '  then     belay status core',
  ])
})

test('when an update is rolled back then it says what is back, why, and what will not happen', () => {
  const report = runReport({
    outcome: 'rolled-back',
    downtime_ms: 63_000,
    problem: checkFailed,
    kept: ['/opt/core/failed/1.1.0'],
  })
  expect(outcomeLines(report, english)).toEqual([
    '  ↩ rolled back    1.0.4 is running and healthy again, down 63 s in all',
    'core was not updated. 1.0.4 is back and verified; nothing of yours was lost.',
    '  why      belay show r-7f3c12ab        (the log lines are in it)',
    '  retry    belay update core        1.1.0 will not be tried automatically again',
    '  kept     /opt/core/failed/1.1.0',
  ])
})

test('when what is back did not run before either then nothing is called running or verified', () => {
  const steps = [{ kind: 'start', state: 'undone', ms: 900, detail: 'compose shop web', facts: {} }] as const
  const report = runReport({ outcome: 'rolled-back', downtime_ms: 0, problem: checkFailed, steps })
  expect(outcomeLines(report, english).slice(0, 2)).toEqual([
    '  ↩ rolled back    1.0.4 is back in place',
    'core was not updated. 1.0.4 is back and not running, as before; nothing of yours was lost.',
  ])
})

test('when nothing here starts what is back then it is not called running', () => {
  const steps = [{ kind: 'link', state: 'undone', ms: 9, detail: '/srv/site', facts: {} }] as const
  const report = runReport({ outcome: 'rolled-back', downtime_ms: 0, problem: checkFailed, steps })
  expect(outcomeLines(report, english)[0]).toBe('  ↩ rolled back    1.0.4 is back in place')
})

test('when a person stopped it then it says so and does not ask why', () => {
  const report = runReport({ outcome: 'rolled-back', problem: problem('E_CANCELLED', 'stopped') })
  expect(outcomeLines(report, english)).toEqual([
    '  ↩ rolled back    1.0.4 is running and healthy again, down 1.4 s in all',
    'core was not updated, as you asked. 1.0.4 is back and verified; nothing of yours was lost.',
  ])
})

test('when an installation is taken back then nothing is said to be running', () => {
  const report = runReport({ outcome: 'rolled-back', from: null, problem: problem('E_SERVICE_START', 'no') })
  expect(outcomeLines(report, english)).toEqual([
    '  ↩ taken back     what was installed is gone again',
    'core was not installed. Nothing of yours was changed.',
    '  why      belay show r-7f3c12ab',
    '  retry    belay update core',
  ])
})

test('when a run fails before anything was touched then it says that, why, and what to do', () => {
  const report = runReport({
    outcome: 'failed',
    problem: problem('E_DISK_FULL', 'needs 61 MB, 4 MB are free on /opt', { hint: 'Free some space.' }),
  })
  expect(outcomeLines(report, english)).toEqual([
    'core was not updated, and nothing was changed. 1.0.4 is still in place.',
    '  why      needs 61 MB, 4 MB are free on /opt',
    '           Free some space.',
    '  details  belay show r-7f3c12ab',
  ])
})

test('when a run is stuck then it says for what a person is needed', () => {
  const report = runReport({
    outcome: 'stuck',
    problem: problem('E_STUCK', 'unit dunebugger is masked', { hint: 'systemctl unmask dunebugger' }),
  })
  expect(outcomeLines(report, english)).toEqual([
    'core is stuck between 1.0.4 and 1.1.0: a person is needed. Belay stopped there and keeps what it has.',
    '  why      unit dunebugger is masked',
    '           systemctl unmask dunebugger',
    '  look     belay show r-7f3c12ab',
    '  then     belay resume',
  ])
})

test('when there was nothing to do then nothing was changed', () => {
  const report = runReport({ run: null, outcome: 'current', to: '1.0.4' })
  expect(outcomeLines(report, english)).toEqual(['core is up to date at 1.0.4. Nothing was changed.'])
})

test('when a policy holds it back then the reason and the way around it are there', () => {
  const held = problem('E_HELD', '1.1.0 is held back: it failed before', { hint: 'Install it with --now.' })
  expect(outcomeLines(runReport({ run: null, outcome: 'current', problem: held }), english)).toEqual([
    'core: 1.1.0 is held back: it failed before',
    '  Install it with --now.',
    'core stays at 1.0.4. Nothing was changed.',
  ])
})

test('when the reader is German then the problem is told in German with its facts', () => {
  const full = problem('E_DISK_FULL', 'no room', { facts: { free: 4 } })
  const lines = outcomeLines(runReport({ outcome: 'failed', problem: full }), { ...english, language: 'de' })
  expect(lines.slice(1, 4)).toEqual([
    '  why      Auf dem Datenträger ist nicht genug Platz.',
    '           free: 4',
    '           Platz schaffen, dann den Befehl noch einmal ausführen.',
  ])
})

test('when the terminal is narrow then sentences wrap under themselves', () => {
  const narrow = lookOf(
    { write: () => {}, isTTY: true, columns: 50 },
    { LANG: 'C.UTF-8', NO_COLOR: '1' },
    { color: true },
  )
  expect(
    outcomeLines(runReport({ warnings: ['a copy of the backup could not be made in /mnt/usb'] }), {
      ...english,
      look: narrow,
    }),
  ).toContain('           in /mnt/usb')
})
