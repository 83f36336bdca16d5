import { expect, test } from 'vitest'
import { problem } from '../model/problem.ts'
import { blamesRelease } from './blame.ts'

test.each(['E_CANCELLED', 'E_INTERRUPTED', 'E_DISK_FULL'] as const)(
  'when a run went back for %s, then its release may be tried again',
  (code) => {
    expect(blamesRelease(problem(code, 'x'))).toBe(false)
  },
)

test('when a check failed, or nobody knows why, then its release is held', () => {
  expect(blamesRelease(problem('E_CHECK_FAILED', 'x'))).toBe(true)
  expect(blamesRelease(null)).toBe(true)
})
