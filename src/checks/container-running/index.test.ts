import { expect, test } from 'vitest'
import { ask, down, serviceOf, stepOf, up } from '../../host/check-context.fixture.ts'
import type { ServiceState } from '../../ports/service.ts'
import { fail } from '../../core/model/problem.ts'
import { containerRunningCheck } from './index.ts'

const check = containerRunningCheck()
const step = stepOf({
  service: { component: 'app', spec: { type: 'compose', services: ['web'] }, cwd: '/', user: null },
})
const running: ServiceState = { ...up, state: 'running', health: null, healthOutput: null }

const askOf = (
  config: { readonly stable_seconds?: number; readonly container_name?: string },
  ...states: readonly ServiceState[]
) => ask(check, config, { step, service: serviceOf(...states) })

test('D7: when a container restarts while it is watched then it fails, though it runs at every look', async () => {
  expect(await askOf({}, running, { ...running, restarts: 1 })).toMatchObject({
    ok: false,
    problem: { message: 'the container keeps restarting (running)' },
  })
})

test('when it exits then the engine’s own word and code are told', async () => {
  expect(await askOf({}, running, { ...down, state: 'web exited with 3', over: true })).toMatchObject({
    ok: false,
    problem: { message: 'the container is not running (web exited with 3)', retryable: false },
  })
})

test('when it is unhealthy, or not healthy yet, then it fails with what its health check said', async () => {
  const unhealthy = { ...running, health: 'unhealthy', healthOutput: 'connection refused' } as const
  expect(await askOf({}, unhealthy)).toMatchObject({
    ok: false,
    problem: {
      message: 'the container is unhealthy: connection refused',
      facts: { health: 'unhealthy' },
      retryable: false,
    },
  })
  expect(await askOf({}, { ...unhealthy, health: 'starting' })).toMatchObject({
    ok: false,
    problem: { message: 'its health check has not passed yet: connection refused', retryable: true },
  })
})

test('when it runs on and is healthy then it passes', async () => {
  expect(await askOf({ stable_seconds: 1 }, { ...running, health: 'healthy' })).toMatchObject({
    ok: true,
    facts: { health: 'healthy', stable_ms: 1000 },
  })
})

test('when the component has no container then it does not pass by looking at something else', async () => {
  expect(await ask(check, {}, { service: serviceOf(running) })).toMatchObject({
    ok: false,
    problem: { message: 'the component has no container' },
  })
})

test('D7: when it was started anew while it is watched then it fails, whoever did that', async () => {
  expect(await askOf({}, running, { ...running, since: 5000 })).toMatchObject({
    ok: false,
    problem: { message: 'the container keeps restarting (running)', retryable: true },
  })
})

const named = { ...running, names: ['shop-web-1'] }

test.each(['web', 'shop-web-1'])('when the check names %s then it is the component’s own', async (container_name) => {
  expect(await askOf({ container_name }, named)).toMatchObject({ ok: true })
})

test.each(['we', 'web-1', 'shop-web', 'other'])(
  'D7: when the check names %s then it does not pass by what is called alike',
  async (container_name) => {
    expect(await askOf({ container_name }, named)).toMatchObject({
      ok: false,
      problem: { retryable: false, facts: { containers: ['web', 'shop-web-1'] } },
    })
  },
)

test('when the engine is away then that may pass; when it may not be asked then not', async () => {
  const away = fail('E_ENGINE_UNREACHABLE', 'there is no socket', { hint: 'Start it.', retryable: true })
  const service = { ...serviceOf(running), inspect: () => Promise.reject(away) }
  expect(await ask(check, {}, { step, service })).toMatchObject({
    ok: false,
    problem: { message: 'there is no socket', retryable: true, facts: { cause: 'E_ENGINE_UNREACHABLE' } },
  })
  const closed = fail('E_ENGINE_UNREACHABLE', 'this user may not use it')
  const refused = { ...service, inspect: () => Promise.reject(closed) }
  await expect(ask(check, {}, { step, service: refused })).rejects.toThrow('this user may not use it')
})

test('when it has ended again and again then it is not waited for any longer', async () => {
  const ended = { ...down, state: 'restarting', health: null, healthOutput: null }
  expect(await askOf({}, { ...ended, restarts: 2 })).toMatchObject({ ok: false, problem: { retryable: true } })
  expect(await askOf({}, { ...ended, restarts: 6 })).toMatchObject({
    ok: false,
    problem: { message: 'the container ended 6 times in a row (restarting)', retryable: false },
  })
  expect(await askOf({}, { ...running, restarts: 6 }, { ...running, restarts: 7 })).toMatchObject({
    ok: false,
    problem: { message: 'the container keeps restarting (running)', retryable: false },
  })
})

test('when it has a history of restarts and stays then it passes', async () => {
  expect(await askOf({ stable_seconds: 1 }, { ...running, restarts: 40 })).toMatchObject({ ok: true })
})
