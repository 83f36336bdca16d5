import { expect, test } from 'vitest'
import { ask, down, serviceOf, up } from '../../host/check-context.fixture.ts'
import { serviceActiveCheck } from './index.ts'

const check = serviceActiveCheck()

test('D7: when the service dies while it is watched then it fails', async () => {
  const result = await ask(check, {}, { service: serviceOf(up, up, { ...down, state: 'failed' }) })
  expect(result).toMatchObject({ ok: false, problem: { message: 'the service stopped again (failed)' } })
})

test.each([
  ['its manager counts a restart', { ...up, restarts: 1 }],
  ['its pid is another one', { ...up, pid: 4712 }],
])('D7: when %s while it is watched then it fails', async (_, later) => {
  const result = await ask(check, {}, { service: serviceOf(up, up, later) })
  expect(result).toMatchObject({ ok: false, problem: { message: 'the service keeps restarting' } })
})

test('when it does not run then it fails without waiting', async () => {
  let slept = 0
  const sleep = async (ms: number) => {
    slept += ms
  }
  expect(await ask(check, {}, { service: serviceOf(down), sleep })).toMatchObject({ ok: false })
  expect(slept).toBe(0)
})

test.each([
  ['has ended', [{ ...down, state: 'dead', over: true }], 'the service is not running (dead)'],
  ['ends while it is watched', [up, { ...down, state: 'dead', over: true }], 'the service stopped again (dead)'],
])('when it %s and nothing starts it again then waiting is given up', async (_, states, message) => {
  const result = await ask(check, {}, { service: serviceOf(...states) })
  expect(result).toMatchObject({ ok: false, problem: { message, retryable: false } })
})

test('when it does not run but may start again then it is worth waiting', async () => {
  const service = serviceOf({ ...down, state: 'activating (auto-restart)' })
  expect(await ask(check, {}, { service })).toMatchObject({ ok: false, problem: { retryable: true } })
})

test('when it runs on then it passes after having been watched for stable_seconds', async () => {
  let slept = 0
  const sleep = async (ms: number) => {
    slept += ms
  }
  const result = await ask(check, { stable_seconds: 1.2 }, { service: serviceOf(up), sleep })
  expect(result).toMatchObject({ ok: true, facts: { pid: 4711, restarts: 0, stable_ms: 1200 } })
  expect(slept).toBe(1200)
})

test('when it is watched then the defaults are those of the documents', () => {
  const config = check.config.parse({ type: 'service_active', service_name: 'dunebugger', description: 'x' })
  expect(config).toMatchObject({ timeout_seconds: 30, stable_seconds: 3 })
  expect(check.timeoutMs(config)).toBe(30_000)
})
