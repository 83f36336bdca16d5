import { describe, expect, test } from 'vitest'
import { check, command, corePlan, link, remove, turn } from '../../../test/fakes/plan.ts'
import {
  cancel,
  closed,
  done,
  doneTo,
  failed,
  intent,
  journalOf,
  openedAt,
  resumed,
  undone,
} from '../../../test/fakes/journal.ts'
import type { Plan } from '../plan/plan.ts'
import { interruption, type Step, type StepKind } from '../plan/step.ts'
import type { Entry } from './entry.ts'
import { crashesMax, forwardTriesMax, next, undoTriesMax } from './next.ts'

/** 0 download, 1 and 2 prepare, 3 stop, 4 link, 5 start, 6 and 7 checks (the commit), 8 remove; 9 the check of the way back. */
const plan = corePlan()
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

/** The next action, at the instant of the last entry. */
function after(...said: readonly (Entry | number)[]) {
  return of(plan, ...said)
}

function of(given: Plan, ...said: readonly (Entry | number)[]) {
  const entries = journalOf(given, ...said)
  const last = entries.at(-1)?.at ?? 0
  const tail = said.at(-1)
  return next(entries, last + (typeof tail === 'number' ? tail : 0))
}

describe('forward', () => {
  test('when nothing is begun, then the first step is applied, and then one after the other', () => {
    expect(after()).toEqual({ do: 'apply', step: 0 })
    for (const step of [0, 3, 6, 7]) expect(after(...doneTo(step))).toEqual({ do: 'apply', step: step + 1 })
  })

  test('when every step is done, then the run is committed', () => {
    expect(after(...doneTo(8))).toEqual({ do: 'close', outcome: 'committed', problem: null })
  })

  test('when a cleanup failed, then the run is committed all the same', () => {
    expect(after(...doneTo(7), intent(8), failed(8))).toEqual({ do: 'close', outcome: 'committed', problem: null })
  })

  test('when it is closed, then there is nothing to do', () => {
    expect(after(...doneTo(8), closed('committed'))).toEqual({ do: 'nothing' })
    expect(after(cancel, closed('stuck'))).toEqual({ do: 'nothing' })
  })
})

describe('an intent without a result', () => {
  const kinds = Object.entries(interruption).filter(([kind]) => kind !== 'soak') as [StepKind, 'reapply' | 'undo'][]

  test.each(kinds)('when %s was interrupted, then what its kind declares happens: %s', (kind, means) => {
    const step = { kind, phase: 'before', detail: 'it' } as unknown as Step
    const action = of({ ...plan, steps: [step], commitAfter: 0 }, intent(0))
    if (means === 'reapply') expect(action).toEqual({ do: 'settle', step: 0 })
    else expect(action).toMatchObject({ do: 'give-up', step: 0, problem: { code: 'E_INTERRUPTED', retryable: true } })
  })

  test('when a step takes the machine down every time, then it is tried so often and no more', () => {
    expect(after(...times(crashesMax, () => intent(0)))).toEqual({ do: 'settle', step: 0 })
    expect(after(...times(crashesMax + 1, () => intent(0)))).toMatchObject({ do: 'give-up', step: 0 })
  })

  test('when it does so after the commit, then there is still no way but forward', () => {
    expect(after(...doneTo(7), ...times(crashesMax + 5, () => intent(8)))).toEqual({ do: 'settle', step: 8 })
  })

  test('when the machine could not be asked, then it is asked again a while later', () => {
    const once = [...doneTo(3), intent(4), failed(4, 'observe')]
    expect(after(...once)).toEqual({ do: 'wait', step: 4, until: openedAt + 1_000 })
    expect(after(...once, 999)).toMatchObject({ do: 'wait' })
    expect(after(...once, 1_000)).toEqual({ do: 'settle', step: 4 })
    expect(after(...once, 1_000, failed(4, 'observe'))).toEqual({ do: 'wait', step: 4, until: openedAt + 3_000 })
  })
})

describe('backwards', () => {
  /** Undoes until something else is to be done. */
  function undoOrder(...said: readonly Entry[]): { order: number[]; last: ReturnType<typeof next> } {
    const entries = [...said]
    const order: number[] = []
    for (;;) {
      const action = after(...entries)
      if (action.do !== 'undo') return { order, last: action }
      order.push(action.step)
      entries.push(undone(action.step))
    }
  }

  test('when a step fails, then it and all before it are undone, the last first', () => {
    const { order, last } = undoOrder(...doneTo(5), intent(6), failed(6))
    expect(order).toEqual([6, 5, 4, 3, 2, 1, 0])
    expect(last).toEqual({ do: 'apply', step: 9 })
  })

  test('when it is cancelled between two steps, then only what was begun is undone', () => {
    expect(undoOrder(...doneTo(3), cancel).order).toEqual([3, 2, 1, 0])
  })

  test('when a step is cut off and given up, then it is undone too', () => {
    expect(undoOrder(...doneTo(0), intent(1), failed(1, 'apply', 'E_INTERRUPTED')).order).toEqual([1, 0])
  })

  test('when only preparations were begun, then the run has failed, and the old version need not prove itself', () => {
    const { last } = undoOrder(...doneTo(0), intent(1), failed(1))
    expect(last).toMatchObject({ do: 'close', outcome: 'failed', problem: { code: 'E_IO' } })
  })

  test('when undo fails, then it is tried again, each time later, and then a person is asked', () => {
    const entries: (Entry | number)[] = [...doneTo(3), intent(4), failed(4)]
    let at = openedAt
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000]) {
      entries.push(failed(4, 'undo'))
      expect(after(...entries)).toEqual({ do: 'wait', step: 4, until: at + pauseMs })
      expect(after(...entries, pauseMs)).toEqual({ do: 'undo', step: 4 })
      entries.push(pauseMs)
      at += pauseMs
    }
    entries.push(failed(4, 'undo'))
    expect(entries.filter((one) => typeof one !== 'number' && one.t === 'failed' && one.verb === 'undo')).toHaveLength(
      undoTriesMax,
    )
    expect(after(...entries)).toMatchObject({
      do: 'close',
      outcome: 'stuck',
      problem: { code: 'E_STUCK', hint: expect.stringContaining('belay resume'), facts: { began_with: 'E_IO' } },
    })
  })

  test('when a stuck undo is resumed, then it goes on where it stood', () => {
    const stuck = [...doneTo(4), cancel, undone(4), ...times(undoTriesMax, () => failed(3, 'undo')), closed('stuck')]
    expect(after(...stuck)).toEqual({ do: 'nothing' })
    expect(after(...stuck, resumed)).toEqual({ do: 'undo', step: 3 })
  })
})

describe('the old version proves itself', () => {
  const undoneAll = [...doneTo(4), cancel, ...[4, 3, 2, 1, 0].map(undone)]

  test('when its checks hold, then the run is rolled back, for the reason that made it turn', () => {
    expect(after(...undoneAll)).toEqual({ do: 'apply', step: 9 })
    expect(after(...undoneAll, intent(9))).toEqual({ do: 'settle', step: 9 })
    expect(after(...undoneAll, intent(9), done(9))).toMatchObject({
      do: 'close',
      outcome: 'rolled-back',
      problem: { code: 'E_CANCELLED' },
    })
  })

  test('when they do not hold, then a person is needed, and after resume they are asked again', () => {
    const broken = [...undoneAll, intent(9), failed(9, 'apply', 'E_CHECK_FAILED')]
    expect(after(...broken)).toMatchObject({ do: 'close', outcome: 'stuck', problem: { code: 'E_STUCK' } })
    expect(after(...broken, closed('stuck'), resumed)).toEqual({ do: 'apply', step: 9 })
  })

  test('when nothing was installed before, then it is no rollback but a failure', () => {
    const fresh = corePlan({ targets: plan.targets.map((target) => ({ ...target, from: null })), back: [] })
    expect(of(fresh, ...undoneAll)).toMatchObject({ do: 'close', outcome: 'failed' })
  })
})

describe('after the commit', () => {
  const late = corePlan({
    steps: [turn('stop'), link(), turn('start'), check('after', 'late'), remove()],
    commitAfter: 2,
  })

  test('when a step fails, then it is tried again, each time later, and then a person is asked', () => {
    const entries: (Entry | number)[] = [...doneTo(2)]
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000]) {
      entries.push(intent(3), failed(3))
      expect(of(late, ...entries)).toMatchObject({ do: 'wait', step: 3 })
      expect(of(late, ...entries, pauseMs)).toEqual({ do: 'apply', step: 3 })
      entries.push(pauseMs)
    }
    entries.push(intent(3), failed(3))
    expect(entries.filter((one) => typeof one !== 'number' && one.t === 'failed')).toHaveLength(forwardTriesMax)
    expect(of(late, ...entries)).toMatchObject({ do: 'close', outcome: 'stuck', problem: { code: 'E_STUCK' } })
    expect(of(late, ...entries, closed('stuck'), resumed)).toEqual({ do: 'apply', step: 3 })
  })

  test('when it is cancelled, then it still goes forward', () => {
    expect(of(late, ...doneTo(2), cancel)).toEqual({ do: 'apply', step: 3 })
  })
})

describe('the soak', () => {
  const soak: Step = { kind: 'soak', phase: 'after', detail: '10 min', ms: 600_000 }
  const soaking = corePlan({ steps: [command('prepare', 'x'), soak, check('after', 'again')], commitAfter: 2 })
  const begun = [...doneTo(0), intent(1)]

  test('when it has begun, then nothing happens until its deadline', () => {
    expect(of(soaking, ...begun)).toEqual({ do: 'wait', step: 1, until: openedAt + 600_000 })
    expect(of(soaking, ...begun, 599_999)).toEqual({ do: 'wait', step: 1, until: openedAt + 600_000 })
    expect(of(soaking, ...begun, 600_000)).toEqual({ do: 'settle', step: 1 })
  })

  test('when the host crashes and boots meanwhile, then the deadline stays', () => {
    const entries = journalOf(soaking, ...begun)
    const afterBoot = entries.map((one) => ({ ...one, boot: 'another' }))
    expect(next(afterBoot, openedAt + 300_000)).toEqual({ do: 'wait', step: 1, until: openedAt + 600_000 })
  })

  test('when the clock jumps back behind its beginning, then it is over rather than endless', () => {
    expect(next(journalOf(soaking, ...begun), openedAt - 86_400_000)).toEqual({ do: 'settle', step: 1 })
  })

  test('when it is cancelled meanwhile, then everything is undone', () => {
    expect(of(soaking, ...begun, cancel)).toEqual({ do: 'undo', step: 1 })
  })
})

test('when the clock jumps back during a pause, then the pause is over', () => {
  const entries = journalOf(plan, ...doneTo(3), intent(4), failed(4), failed(4, 'undo'))
  expect(next(entries, openedAt - 60_000)).toEqual({ do: 'undo', step: 4 })
})
