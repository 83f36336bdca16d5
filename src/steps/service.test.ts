import { expect, test } from 'vitest'
import { stepRoom, verbs } from '../../test/fakes/steps.ts'
import type { ServiceRef, ServiceStep } from '../core/plan/step.ts'
import { systemClock } from '../host/clock.ts'

const turn = (kind: 'stop' | 'start', service: ServiceRef, wasRunning: boolean): ServiceStep => ({
  kind,
  phase: 'stopped',
  detail: 'app',
  service,
  wasRunning,
})

test('when the service was down before the run, then undoing the stop does not start it', async () => {
  await using here = await stepRoom()
  const ref = here.service()
  const it = verbs(here, turn('stop', ref, false))
  await it.apply()
  await it.undo()
  expect((await (await here.adapters.service(ref)).inspect()).running).toBe(false)
})

test('when the new version does not start, then that is an error with its last words', async () => {
  // Its start is watched until it has ended, however long this machine takes for that.
  await using here = await stepRoom({ ...systemClock(), sleep: () => new Promise(() => {}) })
  const ref = here.service(here.dir, 'console.error("no config"); process.exit(3)')
  await expect(verbs(here, turn('start', ref, true)).apply()).rejects.toMatchObject({
    problem: { code: 'E_SERVICE_START', message: expect.stringContaining('no config') },
  })
})

test('when a start that replaced what ran is taken back, then what ran before runs again, and only then', async () => {
  await using here = await stepRoom()
  const ref = here.service()
  const running = async () => (await (await here.adapters.service(ref)).inspect()).running
  const revive = (wasRunning: boolean) =>
    verbs(here, { kind: 'revive', phase: 'stopped', detail: 'app', service: ref, wasRunning })
  await revive(true).apply()
  expect(await running()).toBe(false)
  await revive(false).undo()
  expect(await running()).toBe(false)
  await revive(true).undo()
  expect(await running()).toBe(true)
  const { pid } = await (await here.adapters.service(ref)).inspect()
  await revive(true).undo()
  expect((await (await here.adapters.service(ref)).inspect()).pid).toBe(pid)
})
