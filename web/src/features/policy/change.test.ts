import { expect, test } from 'vitest'
import type { PolicyView } from '../../api/types.ts'
import { changeOf, withHold, withoutHold } from './change.ts'

const policy: PolicyView = { auto: 'none', window: null, soak: '0s', min_age: '0s', hold: [] }
const own = {
  policy: { ...policy, auto: 'minor' as const },
  check: { every: '24h', jitter: '10m' },
  overrides: ['policy.auto'],
  from_file: { policy, check: { every: '24h', jitter: '10m' } },
}

test('when nothing is changed then nothing is sent', () => {
  expect(changeOf(own, { policy: own.policy, every: '24h' })).toStrictEqual({})
})

test('when something is changed then that alone is sent', () => {
  const window = { cron: '0 2 * * *', duration: '2h', timezone: null }
  expect(changeOf(own, { policy: { ...own.policy, window, min_age: '2d' }, every: '6h' })).toStrictEqual({
    policy: { window: { cron: '0 2 * * *', duration: '2h' }, min_age: '2d' },
    check: { every: '6h' },
  })
})

test('when something is as the config says again then it goes back to the config', () => {
  expect(changeOf(own, { policy, every: '24h' })).toStrictEqual({ policy: { auto: null } })
})

test('when a version is held then once, and it can be let go', () => {
  const held = withHold(withHold(policy, '1.1.0'), '1.1.0')
  expect(held.hold).toStrictEqual(['1.1.0'])
  expect(withoutHold(held, '1.1.0').hold).toStrictEqual([])
})
