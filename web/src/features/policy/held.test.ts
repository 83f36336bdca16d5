import { expect, test } from 'vitest'
import { heldPattern, otherwiseWaiting } from './held.ts'

const policy = { auto: 'none', window: null, soak: '0s', min_age: '0s', hold: [] as string[] } as const
const offered = { available: '1.1.0', update_available: true, held: null, held_text: null, policy }
const found = { held: { kind: 'hold', pattern: '1.*' } as const, held_text: 'held back' }

test('when a version was held since the last check then it is held', () => {
  expect(heldPattern({ ...offered, policy: { ...policy, hold: ['1.1.0'] } })).toBe('1.1.0')
})

test('when it was let go since the last check then it is not', () => {
  expect(heldPattern({ ...offered, ...found })).toBeNull()
  expect(heldPattern({ ...offered, ...found, policy: { ...policy, hold: ['1.*'] } })).toBe('1.*')
})

test('when it waits for another reason then that is told, and a hold is not told twice', () => {
  const young = { held: { kind: 'min-age', until: null } as const, held_text: 'too young' }
  expect(otherwiseWaiting({ ...offered, ...young })).toBe('too young')
  expect(otherwiseWaiting({ ...offered, ...found })).toBeNull()
  const failed = { held: { kind: 'failed-before', run: 'r-1' } as const, held_text: 'failed before' }
  expect(otherwiseWaiting({ ...offered, ...failed })).toBeNull()
})
