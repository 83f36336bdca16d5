import { expect, test } from 'vitest'
import { cancel, closed, doneTo, failed, intent, journalOf } from '../../../test/fakes/journal.ts'
import { corePlan } from '../../../test/fakes/plan.ts'
import { interruption, type Step } from '../plan/step.ts'
import type { Entry } from './entry.ts'
import { fold } from './fold.ts'
import { phaseOf, type RunPhase } from './phase.ts'

const states: readonly (readonly [RunPhase, readonly Entry[]])[] = [
  ['downloading', []],
  ['downloading', [intent(0)]],
  ['applying', doneTo(0)],
  ['applying', doneTo(3)],
  ['verifying', doneTo(5)],
  ['succeeded', doneTo(7)],
  ['succeeded', [...doneTo(7), intent(8), failed(8)]],
  ['succeeded', doneTo(8)],
  ['succeeded', [...doneTo(8), closed('committed')]],
  ['rolling_back', [...doneTo(5), intent(6), failed(6)]],
  ['rolling_back', [...doneTo(2), cancel]],
  ['rolled_back', [cancel, closed('rolled-back')]],
  ['failed', [cancel, closed('failed')]],
  ['stuck', [cancel, closed('stuck')]],
]

test.each(states)('when a run is %s, then its entries say so (%#)', (phase, said) => {
  expect(phaseOf(fold(journalOf(corePlan(), ...said)))).toBe(phase)
})

test('when a check is asked, then it is checking before the outage and verifying after it', () => {
  const checks = (phase: Step['phase']) =>
    phaseOf(fold(journalOf(corePlan({ steps: [{ kind: 'check', phase } as Step], commitAfter: 0 }))))
  expect([checks('before'), checks('after')]).toEqual(['checking', 'verifying'])
})

test('when any kind of step is under way, then a person sees a state', () => {
  for (const kind of Object.keys(interruption)) {
    const plan = corePlan({ steps: [{ kind, phase: 'before' } as Step], commitAfter: 0 })
    expect(phaseOf(fold(journalOf(plan))), kind).toMatch(/^[a-z_]+$/)
  }
})
