import { expect, test } from 'vitest'
import { ask, down, serviceOf, stepOf, up } from '../../host/check-context.fixture.ts'
import { serviceRunningCheck } from './index.ts'

const check = serviceRunningCheck()

test('D7: when the service does not run then it really fails, and is not asked again', async () => {
  const result = await ask(check, {}, { service: serviceOf({ ...down, state: 'failed' }) })
  expect(result).toMatchObject({
    ok: false,
    problem: { code: 'E_CHECK_FAILED', facts: { state: 'failed', pid: null } },
  })
  expect(check.timeoutMs(check.config.parse({ type: 'service_running' }))).toBe(0)
})

test('when it runs then it passes with its pid', async () => {
  expect(await ask(check, { description: 'x' }, { service: serviceOf(up) })).toMatchObject({
    ok: true,
    facts: { pid: 4711 },
  })
})

test('when there is no service then it fails', async () => {
  expect(await ask(check, {})).toMatchObject({ ok: false })
})

test('when another service is named than the one that is looked at then it fails', async () => {
  const service = { component: 'app', spec: { type: 'systemd', unit: 'dunebugger.service' }, cwd: '/', user: null }
  const context = { service: serviceOf(up), step: stepOf({ service }) }
  expect(await ask(check, { service_name: 'nginx' }, context)).toMatchObject({ ok: false })
  expect(await ask(check, { service_name: 'dunebugger' }, context)).toMatchObject({ ok: true })
})
