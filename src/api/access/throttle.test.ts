import { expect, test } from 'vitest'
import { createThrottle } from './throttle.ts'

function throttled(waitMsMax = 60_000) {
  let now = 0
  const throttle = createThrottle({ uptime: () => now, randomHex: () => 'salt' }, waitMsMax)
  const wait = (key: string): number => {
    try {
      throttle.check(key)
      return 0
    } catch (error) {
      const { facts } = (error as { problem: { facts: { retry_after_seconds: number } } }).problem
      return facts.retry_after_seconds
    }
  }
  return { throttle, wait, pass: (ms: number) => (now += ms) }
}

test('when somebody fails again and again then each wait is twice as long, up to the longest', () => {
  const { throttle, wait, pass } = throttled(10_000)
  const waits = Array.from({ length: 12 }, () => {
    throttle.failed('a')
    const seconds = wait('a')
    pass(seconds * 1000)
    return seconds
  })
  expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 10, 10, 10, 10])
  pass(3_600_001)
  expect(wait('a')).toBe(0)
  throttle.failed('a')
  expect(wait('a')).toBe(0)
})

test('when one fails then another is not slowed down, and a right password takes back only itself', () => {
  const { throttle, wait } = throttled()
  for (let i = 0; i < 5; i++) throttle.failed('a')
  expect([wait('a'), wait('b')]).toEqual([1, 0])
  throttle.failed('a')
  throttle.forgive('a')
  expect(wait('a')).toBe(1)
  throttle.forget('a')
  expect(wait('a')).toBe(0)
})

test('when a flood of others fails then who was slowed down still is', () => {
  const { throttle, wait } = throttled()
  for (let i = 0; i < 8; i++) throttle.failed('a')
  for (let i = 0; i < 30_000; i++) throttle.failed(`flood ${i}`)
  expect(wait('a')).toBeGreaterThanOrEqual(8)
})
