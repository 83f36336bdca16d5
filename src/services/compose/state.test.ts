import { expect, test } from 'vitest'
import type { Container } from '../../host/containers/types.ts'
import { stateOf } from './state.ts'

const web: Container = {
  id: 'a',
  name: 'p_web_1',
  project: 'p',
  service: 'web',
  number: 1,
  state: 'running',
  health: null,
  healthOutput: null,
  restarts: 0,
  over: false,
  startedMs: 1000,
  finishedMs: null,
  exitCode: null,
  pid: 42,
  imageId: 'sha256:1',
  imageReference: 'app:1',
  stopSignal: 'SIGTERM',
  stopTimeoutSeconds: null,
  labels: {},
  configFiles: [],
  workingDir: null,
}
const worker: Container = { ...web, id: 'b', service: 'worker', startedMs: 2000, health: 'healthy', restarts: 2 }

test('when every service has its containers running then the whole runs, since the last one started', () => {
  expect(stateOf(['web', 'worker'], [web, worker], [])).toMatchObject({
    found: true,
    running: true,
    state: 'running',
    since: 2000,
    restarts: 2,
    health: 'healthy',
  })
})

test('when one of several is unhealthy then it is said which, also when its health check is silent', () => {
  const sick = { ...worker, health: 'unhealthy' } as const
  expect(stateOf(['web', 'worker'], [web, { ...sick, healthOutput: '404' }], []).healthOutput).toBe('worker: 404')
  expect(stateOf(['web', 'worker'], [web, sick], []).healthOutput).toBe('worker')
  expect(stateOf(['worker'], [{ ...sick, healthOutput: '404' }], []).healthOutput).toBe('404')
  expect(stateOf(['web', 'worker'], [web, worker], []).healthOutput).toBe(null)
})

test.each([
  ['a service has no container', ['web', 'db'], [web], 'db has no container'],
  ['there is none at all', ['web'], [], 'no container'],
  ['one exited', ['web'], [{ ...web, state: 'exited', exitCode: 3, over: true } as const], 'web exited with 3'],
  ['one restarts', ['web', 'worker'], [web, { ...worker, state: 'restarting' } as const], 'restarting'],
])('when %s then it does not run, and the state says which', (_, services, containers, state) => {
  expect(stateOf(services, containers, [])).toMatchObject({
    running: false,
    state,
    pid: null,
    over: / with /.test(state),
  })
})

const next: Container = { ...web, id: 'c', name: 'a_p_web_1', state: 'created', startedMs: null, pid: null }

test.each<[string, readonly Container[], string, number | null]>([
  ['the new one is made and the old one still runs', [next, web], 'p_web_1', 1000],
  [
    'the old one has ended and the new one is not started',
    [{ ...web, state: 'exited', exitCode: 0 }, next],
    'p_web_1',
    null,
  ],
  [
    'the new one runs and the old one is not taken away',
    [
      { ...web, state: 'exited' },
      { ...next, state: 'running', startedMs: 3000 },
    ],
    'a_p_web_1',
    3000,
  ],
])('when compose replaces a container and %s then it is told of one', (_, containers, name, since) => {
  const order = [containers, containers.toReversed()]
  for (const each of order) {
    expect(stateOf(['web'], each, [])).toMatchObject({ names: [name], running: since !== null, since })
  }
})

test('when one of several is unhealthy then the whole is', () => {
  expect(stateOf(['web', 'worker'], [{ ...web, health: 'unhealthy', healthOutput: 'no' }, worker], [])).toMatchObject({
    running: true,
    health: 'unhealthy',
    healthOutput: 'web: no',
  })
})
