import { expect, test } from 'vitest'
import { componentName } from '../../test/fakes/plan.ts'
import type { HoldReason, Release } from '../core/model/release.ts'
import { heldProblem } from './update.ts'

const release = { version: '1.1.0' } as Release
const held = (by: HoldReason) => heldProblem({ release, by }, componentName('core'))
const at = '2026-11-22T02:00:00.000Z'

test('when a version waits for a time then people read it as date and time, and programs as ISO 8601', () => {
  expect(held({ kind: 'window', opens: at })).toMatchObject({
    message: '1.1.0 of core is held: the maintenance window opens 2026-11-22 02:00 UTC.',
    facts: { version: '1.1.0', by: 'window', opens: at },
  })
  expect(held({ kind: 'min-age', until: at })).toMatchObject({
    message: '1.1.0 of core is held: it is younger than policy.min_age until 2026-11-22 02:00 UTC.',
    facts: { version: '1.1.0', by: 'min-age', until: at },
  })
})

test('when no time is known then none is told', () => {
  expect(held({ kind: 'window', opens: null }).facts).toEqual({ version: '1.1.0', by: 'window' })
  expect(held({ kind: 'min-age', until: null }).facts).toEqual({ version: '1.1.0', by: 'min-age' })
})
