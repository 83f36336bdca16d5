import { expect, test } from 'vitest'
import { labelOf } from './rows.ts'

test('when people wait and are let in again, then the two rows say which is which', () => {
  expect(labelOf({ kind: 'hold', phase: 'stopped' })).toBe('hold')
  expect(labelOf({ kind: 'release', phase: 'after' })).toBe('let in')
})
