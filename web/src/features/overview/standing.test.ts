import { expect, test } from 'vitest'
import type { ComponentView } from '../../api/types.ts'
import { componentView } from './component.fixture.ts'
import { failedTry, inOrder, standingOf, summarise, type Standing } from './standing.ts'

const offer: Partial<ComponentView> = { available: '1.1.0', update_available: true, relation: 'older' }
const stuck: Partial<ComponentView> = { unfinished: { run: 'r-1', phase: 'stuck' } }

const cases: readonly (readonly [string, Partial<ComponentView>, Standing])[] = [
  ['nothing is wrong', {}, 'good'],
  ['a newer version is offered', offer, 'offer'],
  ['it is not installed and one is offered', { ...offer, installed: null }, 'offer'],
  ['it does not run', { ...offer, health: 'trouble' }, 'trouble'],
  ['a run needs a person', stuck, 'stuck'],
  ['a run was left behind', { unfinished: { run: 'r-1', phase: 'applying' } }, 'left'],
  ['a run goes on, though unfinished', { ...stuck, busy_run: 'r-1' }, 'busy'],
  ['it was updated since it was checked', { relation: 'unknown', available: '1.0.4' }, 'good'],
  ['it could not be checked', { relation: 'unknown', available: null, last_checked: null }, 'unknown'],
]

test.each(cases)('when %s then that is how it stands', (_what, change, expected) => {
  expect(standingOf(componentView(change))).toBe(expected)
})

test('when some need a person then they come first', () => {
  const order = inOrder([
    componentView({ component: 'b' }),
    componentView({ component: 'a' }),
    componentView({ component: 'd', ...offer }),
    componentView({ component: 'z', ...stuck }),
  ])
  expect(order.map(({ component }) => component)).toStrictEqual(['z', 'd', 'a', 'b'])
})

test('when all are summed up then the oldest check counts, and one that never was is no time', () => {
  const old = componentView({ last_checked: '2026-11-21T13:00:00+02:00', ...offer })
  expect(summarise([componentView(), old, componentView({ health: 'trouble' })])).toStrictEqual({
    trouble: 1,
    offers: 1,
    unknown: 0,
    checked: '2026-11-21T13:00:00+02:00',
  })
  const never = componentView({ last_checked: null, relation: 'unknown', available: null })
  expect(summarise([old, never])).toMatchObject({ unknown: 1, checked: old.last_checked })
  expect(summarise([never]).checked).toBeNull()
})

test('when what is offered was tried here and taken back then the run is known; when nothing was changed, or of another version, it is not', () => {
  const run = { run: 'r-1', component: 'core', action: 'update', from: '1.0.4', opened: '', closed: '' } as const
  const last = { ...run, to: '1.1.0', outcome: 'rolled-back', phase: 'rolled_back' } as const
  expect(failedTry(componentView({ ...offer, last_run: last }))).toBe('r-1')
  expect(failedTry(componentView({ ...offer, available: '1.1.1', last_run: last }))).toBeNull()
  const held = { kind: 'failed-before', run: 'r-0' } as const
  expect(failedTry(componentView({ ...offer, held, last_run: null }))).toBe('r-0')
  expect(failedTry(componentView({ held }))).toBeNull()
  expect(failedTry(componentView({ ...offer, last_run: { ...last, outcome: 'failed' } }))).toBeNull()
})
