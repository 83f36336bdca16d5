import { expect, test } from 'vitest'
import { corePlan } from '../../../test/fakes/plan.ts'
import {
  cancel,
  closed,
  done,
  doneTo,
  failed,
  intent,
  journalOf,
  resumed,
  undone,
} from '../../../test/fakes/journal.ts'
import { problem } from '../model/problem.ts'
import type { Entry } from './entry.ts'
import { fold, touched } from './fold.ts'

/** 0 download, 1 and 2 prepare, 3 stop, 4 link, 5 start, 6 and 7 checks (the commit), 8 remove; 9 the check of the way back. */
const plan = corePlan()

function after(...said: readonly (Entry | number)[]) {
  return fold(journalOf(plan, ...said))
}

test('when a history is one that no engine writes, then it is refused', () => {
  expect(() => fold([])).toThrow('begins with its plan')
  expect(() => fold(journalOf(plan).slice(1))).toThrow('begins with its plan')
  expect(() => after({ t: 'opened', plan })).toThrow('opened once')
  expect(() => after(intent(10))).toThrow('no step 10')
})

test('when it has just been opened, then nothing is begun and it goes forward', () => {
  const state = after()
  expect(state).toMatchObject({ direction: 'forward', committed: false, closed: null, problem: null })
  expect(state.steps).toHaveLength(10)
  expect(state.records.every((record) => record.progress === 'pending' && !record.begun)).toBe(true)
})

test('when an intent has no result, then the step is running, and each further intent is counted', () => {
  const { records } = after(intent(0), 500, intent(0), 250, intent(0))
  expect(records[0]).toMatchObject({ progress: 'running', begun: true, intents: 3, intentAt: 1_000_750 })
  expect(records[1]).toMatchObject({ progress: 'pending', begun: false })
})

test('when the last step before the commit is done, then it is committed, and not one step earlier', () => {
  expect(after(...doneTo(6)).committed).toBe(false)
  expect(after(...doneTo(7)).committed).toBe(true)
})

test('when the way back has begun, then a result that came late commits nothing', () => {
  const state = after(...doneTo(6), intent(7), cancel, done(7))
  expect(state).toMatchObject({ committed: false, direction: 'back' })
})

test('when a step fails before the commit, then it goes back, for the first reason', () => {
  const state = after(...doneTo(3), intent(4), failed(4, 'apply', 'E_DISK_FULL'), failed(4, 'undo', 'E_IO'))
  expect(state).toMatchObject({ direction: 'back', problem: { code: 'E_DISK_FULL' } })
  expect(state.records[4]).toMatchObject({ progress: 'failed', applyFailures: 1, undoFailures: 1 })
})

test('when a step fails after the commit, then it stays forward', () => {
  const late = corePlan({ commitAfter: 5 })
  const state = fold(journalOf(late, ...doneTo(5), intent(6), failed(6)))
  expect(state).toMatchObject({ committed: true, direction: 'forward', problem: { code: 'E_IO' } })
})

test('when a cleanup fails, then it is let go and the run has no problem', () => {
  const state = after(...doneTo(7), intent(8), failed(8))
  expect(state).toMatchObject({ direction: 'forward', problem: null })
  expect(state.records[8]?.progress).toBe('skipped')
})

test('when the machine cannot be asked, then twice is borne, and the third time is a failure of the step', () => {
  const twice = after(...doneTo(3), intent(4), failed(4, 'observe'), failed(4, 'observe'))
  expect(twice).toMatchObject({ direction: 'forward', problem: null })
  expect(twice.records[4]).toMatchObject({ progress: 'running', observeFailures: 2 })
  const thrice = after(...doneTo(3), intent(4), failed(4, 'observe'), failed(4, 'observe'), failed(4, 'observe'))
  expect(thrice).toMatchObject({ direction: 'back', problem: { code: 'E_IO' } })
  expect(thrice.records[4]?.progress).toBe('failed')
})

test('when it is cancelled before the commit, then it goes back for that reason', () => {
  expect(after(...doneTo(4), cancel)).toMatchObject({ direction: 'back', problem: { code: 'E_CANCELLED' } })
})

test('when it is cancelled after a failure, then the failure stays the reason', () => {
  expect(after(intent(0), failed(0, 'apply', 'E_NETWORK'), cancel).problem?.code).toBe('E_NETWORK')
})

test('when it is cancelled after the commit, then nothing changes', () => {
  expect(after(...doneTo(7), cancel)).toEqual(after(...doneTo(7)))
})

test('when it is resumed, then it is open again and every bound starts anew', () => {
  const stuck = problem('E_STUCK', 'stuck')
  const before = [...doneTo(3), intent(4), intent(4), failed(4), failed(4, 'undo'), failed(4, 'undo')]
  const state = after(...before, closed('stuck', stuck), resumed)
  expect(state).toMatchObject({ closed: null, direction: 'back' })
  expect(state.records[4]).toMatchObject({
    applyFailures: 0,
    observeFailures: 0,
    undoFailures: 0,
    intents: 0,
    begun: true,
  })
})

test('when it is resumed after it was stuck, then it is about what it began with again, however often', () => {
  const began = [...doneTo(3), intent(4), failed(4, 'apply', 'E_DISK_FULL')]
  const stuck = closed('stuck', problem('E_STUCK', 'stuck'))
  expect(after(...began, stuck).problem?.code).toBe('E_STUCK')
  expect(after(...began, stuck, resumed).problem?.code).toBe('E_DISK_FULL')
  expect(after(...began, stuck, resumed, stuck, resumed).problem?.code).toBe('E_DISK_FULL')
})

test('when it is resumed with a step under way, then that intent still counts', () => {
  expect(after(intent(0), intent(0), intent(0), resumed).records[0]).toMatchObject({ progress: 'running', intents: 1 })
})

test('when it is resumed after the old version failed its checks, then those are asked anew, and the others are not', () => {
  const back = [...doneTo(4), cancel, ...[4, 3, 2, 1, 0].map(undone), intent(9), failed(9)]
  const state = after(...back, closed('stuck'), resumed)
  expect(state.records[9]?.progress).toBe('pending')
  expect(state.records[4]?.progress).toBe('undone')
})

test('when a check of the old version fails, then the reason for going back stays', () => {
  const state = after(...doneTo(4), cancel, undone(4), intent(9), failed(9, 'apply', 'E_CHECK_FAILED'))
  expect(state).toMatchObject({ direction: 'back', problem: { code: 'E_CANCELLED' } })
})

test('when it is closed, then the outcome is known, and its problem if it has one', () => {
  expect(after(closed('committed'))).toMatchObject({ closed: 'committed', problem: null })
  expect(after(cancel, closed('stuck', problem('E_STUCK', 'x')))).toMatchObject({ problem: { code: 'E_STUCK' } })
  expect(after(cancel, closed('failed'))).toMatchObject({ problem: { code: 'E_CANCELLED' } })
})

test('when only preparations were begun, then the old version was not touched', () => {
  expect(touched(after(...doneTo(2)))).toBe(false)
  expect(touched(after(...doneTo(2), intent(3)))).toBe(true)
})
