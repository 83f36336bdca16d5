import { expect, test } from 'vitest'
import { signalNumber } from './signals.ts'

test('when a signal is written in any of its spellings then it is the same number', () => {
  expect([signalNumber('SIGTERM'), signalNumber('TERM'), signalNumber('15'), signalNumber('SIGQUIT')]).toEqual([
    15, 15, 15, 3,
  ])
})
