import { expect, test } from 'vitest'
import { nobody, sharesFor } from '../../core/traffic/slots.ts'
import { instead, leftBy, leftMs, pick } from './ways.ts'

test.each([
  [100, 0.999, 'green'],
  [0, 0, 'blue'],
  [25, 0.74, 'blue'],
  [25, 0.76, 'green'],
])('when green gets %d percent and chance says %d then %s is it', (percent, chance, slot) => {
  expect(pick(sharesFor('green', percent), chance)).toBe(slot)
})

test('when nobody is served then nobody is picked', () => {
  expect(pick(nobody, 0)).toBeNull()
})

test('when the slot that serves refuses then the one before is asked for a while, and never one that was not served', () => {
  const [blue, green] = [sharesFor('blue', 100), sharesFor('green', 100)]
  expect(instead('blue', blue, leftBy(nobody, blue, 0), 1)).toBeNull()
  const left = leftBy(blue, green, 1000)
  expect(instead('green', green, left, 1001)).toBe('blue')
  expect(instead('green', green, left, 1000 + leftMs)).toBeNull()
  expect(instead('blue', sharesFor('green', 1), null, 0)).toBe('green')
})
