import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

const never = new AbortController().signal

test('when it sleeps then it returns after that time and not before', async () => {
  const begun = performance.now()
  await systemClock().sleep(30, never)
  expect(performance.now() - begun).toBeGreaterThanOrEqual(29)
})

test('when the signal aborts then the sleep rejects with its reason, at once', async () => {
  const abort = new AbortController()
  const reason = new Error('stop')
  const sleeping = systemClock().sleep(60_000, abort.signal)
  abort.abort(reason)
  await expect(sleeping).rejects.toBe(reason)
  await expect(systemClock().sleep(1, abort.signal)).rejects.toBe(reason)
})

test('when a sleep is longer than a timer can be then it does not end at once', async () => {
  const abort = new AbortController()
  const sleeping = systemClock().sleep(40 * 86_400_000, abort.signal)
  const first = await Promise.race([
    sleeping.then(() => 'slept'),
    systemClock()
      .sleep(20, never)
      .then(() => 'waited'),
  ])
  expect(first).toBe('waited')
  abort.abort()
  await expect(sleeping).rejects.toThrow()
})

test('when random hex is asked for then it has two digits a byte and differs', () => {
  const clock = systemClock()
  expect(clock.randomHex(4)).toMatch(/^[0-9a-f]{8}$/)
  expect(clock.randomHex(8)).not.toBe(clock.randomHex(8))
})
