import { expect, test } from 'vitest'
import { ask } from '../../host/check-context.fixture.ts'
import { memAvailable } from './available.ts'
import { memoryCheck } from './index.ts'

const check = memoryCheck()

test('when there is enough memory then it passes with what it saw', async () => {
  const result = await ask(check, { minimum_mb: 1 })
  expect(result.ok && Number(result.facts['available_mb'])).toBeGreaterThan(1)
})

test('when there is not enough then it fails', async () => {
  expect(await ask(check, { minimum_mb: 1e9 })).toMatchObject({ ok: false, problem: { facts: { minimum_mb: 1e9 } } })
})

test('when the kernel tells what is available then that is read, not what is unused', () => {
  expect(memAvailable('MemTotal: 8000 kB\nMemFree:  100 kB\nMemAvailable:    2048 kB\n')).toBe(2 * 1024 * 1024)
  expect(memAvailable('MemTotal: 8000 kB\n')).toBeNull()
})
