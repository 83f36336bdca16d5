import assert from 'node:assert/strict'
import { BelayError } from '../../src/core/model/problem.ts'
import { processInfo } from '../../src/host/process/find.ts'
import type { Service } from '../../src/ports/service.ts'

/**
 * What every implementation of `Service` does. Plain functions without a test runner, so that they also run inside a
 * device that has nothing but Node: `for (const { name, check } of serviceContract) await check(await make())`.
 */
export interface ServiceSubject {
  /** Stopped. Its program writes the line `ready` when it is up, and runs until it is stopped. */
  readonly service: Service
  /** Its program writes `broken on purpose` to standard error and ends with code 7 at once. */
  readonly broken: Service
  /** A second view of `service`, as another belay on the same host would open it. */
  readonly again: () => Service
  /** Kills what runs now as a crash would, and resolves when it is gone. */
  readonly crash: () => Promise<void>
  readonly dispose: () => Promise<void>
}

interface Case {
  readonly name: string
  readonly check: (subject: ServiceSubject) => Promise<void>
}

const never = new AbortController().signal
const waitMs = 60_000

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + waitMs; performance.now() < end; ) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail(`waited in vain until ${what}`)
}

async function saysReady(service: Service, sinceMs: number): Promise<boolean> {
  return (await service.logs(sinceMs, 50)).some((line) => line.includes('ready'))
}

async function failure(action: Promise<unknown>): Promise<BelayError['problem']> {
  const error = await action.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof BelayError, `expected a BelayError, got ${String(error)}`)
  return error.problem
}

export const serviceContract: readonly Case[] = [
  {
    name: 'when it was never started then it is found and not running',
    check: async ({ service }) => {
      const state = await service.inspect()
      assert.equal(state.found, true)
      assert.equal(state.running, false)
      assert.equal(state.pid, null)
      assert.equal(state.since, null)
    },
  },
  {
    name: 'when it is started then it runs, with a pid, a start time and its output',
    check: async ({ service }) => {
      const before = Date.now()
      await service.start(never)
      const state = await service.inspect()
      assert.equal(state.running, true)
      assert.ok(state.pid !== null && state.pid > 1)
      assert.ok(state.since !== null && Math.abs(state.since - before) < waitMs)
      assert.ok(state.paths.length > 0)
      await until('its output can be read', () => saysReady(service, before - 1000))
    },
  },
  {
    name: 'when a running one is started again then nothing happens',
    check: async ({ service }) => {
      await service.start(never)
      const { pid } = await service.inspect()
      await service.start(never)
      assert.equal((await service.inspect()).pid, pid)
    },
  },
  {
    name: 'when it is stopped then nothing of it runs, and stopping it again succeeds',
    check: async ({ service }) => {
      await service.start(never)
      const { pid } = await service.inspect()
      await service.stop(never)
      const state = await service.inspect()
      assert.equal(state.running, false)
      assert.equal(processInfo(pid ?? -1), null)
      await service.stop(never)
    },
  },
  {
    name: 'when another belay opens it then it sees the same process and can stop it',
    check: async ({ service, again }) => {
      await service.start(never)
      const other = again()
      assert.equal((await other.inspect()).pid, (await service.inspect()).pid)
      await other.stop(never)
      assert.equal((await service.inspect()).running, false)
    },
  },
  {
    name: 'when it crashed then it is not running, and can be started again',
    check: async ({ service, crash }) => {
      await service.start(never)
      const { pid } = await service.inspect()
      await crash()
      await until('the crash is seen', async () => !(await service.inspect()).running)
      await service.start(never)
      const state = await service.inspect()
      assert.equal(state.running, true)
      assert.notEqual(state.pid, pid)
    },
  },
  {
    name: 'when its program ends at once then starting fails or it is seen not to run, and its last lines say why',
    check: async ({ broken }) => {
      const since = Date.now() - 1000
      // Whether the manager notices the end while it starts is a race; this very attempt is what is judged.
      const problem = await broken.start(never).then(
        () => null,
        (error: unknown) => failure(Promise.reject(error)),
      )
      if (problem !== null) {
        assert.equal(problem.code, 'E_SERVICE_START')
        assert.ok(problem.hint !== null && problem.hint !== '')
        assert.match(JSON.stringify(problem.facts), /broken on purpose/)
      }
      await until('it is seen not to run', async () => !(await broken.inspect()).running)
      await until('its last lines can be read', async () =>
        (await broken.logs(since, 50)).some((line) => line.includes('broken on purpose')),
      )
      await broken.stop(never)
    },
  },
  {
    name: 'when definitions are read again then a running one goes on running',
    check: async ({ service }) => {
      await service.start(never)
      const { pid } = await service.inspect()
      await service.reload()
      assert.equal((await service.inspect()).pid, pid)
    },
  },
]
