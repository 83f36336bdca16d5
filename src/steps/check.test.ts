import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { stepRoom, type StepRoom, verbs } from '../../test/fakes/steps.ts'
import { type Problem, problemOf } from '../core/model/problem.ts'
import { stepOf } from '../host/check-context.fixture.ts'
import type { CheckStep } from '../core/plan/step.ts'

const soon = { interval: 5, timeout: 10_000 }

/** Holds while there is a file `well`. */
function wellness(here: StepRoom, timeoutSeconds: number, more: Partial<CheckStep> = {}): CheckStep {
  const command = ['/usr/bin/test', '-e', here.at('well')]
  return stepOf({ check: { type: 'command', command, timeout_seconds: timeoutSeconds, cwd: here.dir }, ...more })
}

test('when it holds at once, then it is asked once', async () => {
  await using here = await stepRoom()
  here.plant({ well: '' })
  expect(await verbs(here, wellness(here, 5)).apply()).toMatchObject({ tries: 1 })
})

test('when it holds after a while, then it is asked until then', async () => {
  await using here = await stepRoom()
  const asking = verbs(here, wellness(here, 20)).apply()
  // The first refusal is told as progress: then the cause is mended.
  await expect.poll(() => here.told.length, soon).toBeGreaterThan(0)
  writeFileSync(here.at('well'), '')
  const { tries } = await asking
  expect(tries).toBeGreaterThan(1)
})

test('when it does not hold in its time, then it fails and says how often and how long it was asked', async () => {
  await using here = await stepRoom()
  await expect(verbs(here, wellness(here, 0.2)).apply()).rejects.toMatchObject({
    problem: { code: 'E_CHECK_FAILED', facts: { tries: expect.any(Number), waited_ms: expect.any(Number) } },
  })
})

test('when it fails for a while, then the sentence says for how long, and what was answered last', async () => {
  await using here = await stepRoom()
  let answers = 0
  await using server = createServer((_, response) => {
    response.statusCode = 500
    response.end(`no such column ${++answers}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`
  const refused = async (timeout_seconds: number): Promise<Problem> => {
    try {
      await verbs(here, stepOf({ check: { type: 'health_endpoint', url, timeout_seconds } })).apply()
    } catch (error) {
      return problemOf(error)
    }
    throw new Error('it holds')
  }
  // Its own measure: where this machine stands still, it is longer than it was given.
  const long = ({ facts }: Problem) => Math.round(Number(facts['waited_ms']) / 1000)
  const last = () => `(last: "no such column ${answers}")`
  const late = await refused(0.9)
  expect(long(late)).toBeGreaterThanOrEqual(1)
  expect(late.message).toBe(`GET ${url} answered 500 instead of 200 for ${long(late)} s ${last()}`)
  const atOnce = await refused(0)
  const waited = long(atOnce) === 0 ? '' : ` for ${long(atOnce)} s`
  expect(atOnce.message).toBe(`GET ${url} answered 500 instead of 200${waited} ${last()}`)
})

test('when its service is dead and nobody starts it again, then the check fails at once', async () => {
  await using here = await stepRoom()
  const service = here.service(here.dir, 'setInterval(() => {}, 1000)')
  const opened = await here.adapters.service(service)
  await opened.start(here.context.signal)
  const { pid } = await opened.inspect()
  const check = { type: 'service_active', timeout_seconds: 3600, stable_seconds: 3600 }
  const asking = verbs(here, stepOf({ check, service })).apply()
  process.kill(pid ?? 0, 'SIGKILL')
  await expect(asking).rejects.toMatchObject({
    problem: { code: 'E_CHECK_FAILED', message: expect.stringContaining('(dead)'), facts: { tries: 1 } },
  })
})

test('when the new version is not well, then its last lines explain it; before the update they do not', async () => {
  await using here = await stepRoom()
  const service = here.service(here.dir, 'console.error("port in use"); setInterval(() => {}, 1000)')
  const opened = await here.adapters.service(service)
  await opened.start(here.context.signal)
  await expect.poll(async () => opened.logs(0, 10), soon).toContain('port in use')
  await expect(verbs(here, wellness(here, 0.1, { phase: 'after', service })).apply()).rejects.toMatchObject({
    problem: { facts: { log: ['port in use'] } },
  })
  const early = await verbs(here, wellness(here, 0.1, { phase: 'before', service }))
    .apply()
    .catch((error: unknown) => error)
  expect(early).not.toHaveProperty('problem.facts.log')
})

test('when a kept tree is the only way back, then its age is the age of the way back', async () => {
  await using here = await stepRoom()
  here.plant({ 'kept/VERSION': '1' })
  const dayAgo = Date.now() / 1000 - 86_400
  utimesSync(here.at('kept'), dayAgo, dayAgo)
  const wayBack = { component: 'app', places: [here.at('none')], trees: [here.at('kept'), here.at('gone')] }
  const asked = (hours: number) =>
    verbs(here, stepOf({ check: { type: 'backup_exists', max_age_hours: hours }, wayBack })).apply()
  await expect(asked(48)).resolves.toMatchObject({ tries: 1 })
  await expect(asked(12)).rejects.toMatchObject({ problem: { code: 'E_CHECK_FAILED' } })
})
