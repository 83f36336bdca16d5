import { expect, test } from 'vitest'
import { freePort } from '../../examples/demo/free-port.ts'
import { fakeClock } from '../../test/fakes/clock.ts'
import type { VerifyStep } from '../core/plan/step.ts'
import { problemOf } from '../core/model/problem.ts'
import { verifyHandler } from './front-door.ts'
import type { StepPorts } from './ports.ts'

test('when nobody is at the front door, then what is said of it is how long a request really took', async () => {
  const step: VerifyStep = {
    kind: 'verify',
    phase: 'after',
    detail: 'the front door',
    front: `http://127.0.0.1:${await freePort()}/`,
    identity: null,
    expectedVersion: '1.1.0',
    times: 5,
    inARow: true,
    timeoutMs: 0,
  }
  const ports = { clock: fakeClock(0) } as unknown as StepPorts
  const context = { run: 'r-1', signal: new AbortController().signal, progress: () => {} } as never
  const { code, facts } = await verifyHandler(ports)
    .apply(step, context)
    .then(() => expect.fail(), problemOf)
  expect({ code, facts }).toMatchObject({ code: 'E_NOT_SERVED', facts: { asked: 1, failed: 1 } })
  // Its patience is ten seconds, and was not needed.
  expect(facts['worst_ms']).toBeLessThan(9000)
})
