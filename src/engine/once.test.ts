import { expect, test } from 'vitest'
import { remembering } from './once.ts'

test('when a thing is asked for again, then what came of it is given, and of another thing its own', async () => {
  const once = remembering()
  let asked = 0
  const ask = async () => ++asked
  expect(await Promise.all([once('a', ask), once('a', ask), once('b', ask)])).toEqual([1, 1, 2])
})

test('when it fails and nobody waits for it, then that is no failure, and whoever asks later gets it', async () => {
  const once = remembering()
  void once('a', () => Promise.reject(new Error('refused')))
  await new Promise(setImmediate)
  await expect(once('a', async () => 1)).rejects.toThrow('refused')
})
