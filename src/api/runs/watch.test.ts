import { expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import { runReport, scriptedEngine } from '../../../test/fakes/engine.ts'
import { corePlan, runId } from '../../../test/fakes/plan.ts'
import { fail } from '../../core/model/problem.ts'
import type { CheckReport, Engine, RunDetails } from '../../ports/engine.ts'
import type { Listener } from '../../ports/progress.ts'
import { createWatcher } from './watch.ts'

const run = runId('r-7f3c12ab')
const check = { latest: '1.1.0', last_checked: '2026-01-01T00:00:00Z', error: null } as CheckReport

/** A journal that the test writes as another process would, and a watcher of it. */
class World {
  readonly clock = fakeClock(0)
  readonly stop = new AbortController()
  private readonly listeners = new Set<Listener>()
  entries = 1
  closed: string | null = null
  driven = true
  checks: Readonly<Record<string, CheckReport>> = { core: check }
  asked = 0
  problem: Error | null = null
  readonly engine: Engine = {
    ...scriptedEngine({}),
    show: async () => {
      if (this.problem !== null) throw this.problem
      const entries = Array.from({ length: this.entries }, (_, seq) => ({ seq }))
      return { ...runReport(), closed: this.closed, plan: corePlan(), entries } as unknown as RunDetails
    },
    holder: async () => (this.driven ? { pid: 1, user: 'root', why: 'update', since: 'now' } : null),
    lastCheck: (name) => this.checks[name] ?? null,
    stamp: () => {
      this.asked++
      return this.entries
    },
  }
  readonly watcher = createWatcher({
    use: async (work) => work({ engine: this.engine }),
    subscribe: (listener) => {
      this.listeners.add(listener)
      return () => this.listeners.delete(listener)
    },
    clock: this.clock,
    stopping: this.stop.signal,
  })

  progress(doneBytes: number): void {
    for (const listener of this.listeners)
      listener({ t: 'progress', run, step: 3, doneBytes, totalBytes: 1000, message: null })
  }

  /** What a reader that is always ready sees, as it comes. */
  read<T>(signals: AsyncGenerator<T, void>, word: (one: T) => string): string[] {
    const seen: string[] = []
    void (async () => {
      try {
        for await (const one of signals) seen.push(word(one))
        seen.push('end')
      } catch (error) {
        seen.push(String(error))
      }
    })()
    return seen
  }

  watch(client = new AbortController()) {
    return this.read(this.watcher.run(run, client.signal), (one) =>
      one.t === 'progress' ? `progress ${one.done_bytes}` : `${one.t} ${one.seq} ${one.driven}`,
    )
  }
}

test('when another process drives the run then its entries show within a second, and the end ends it', async () => {
  const world = new World()
  const seen = world.watch()
  await world.clock.pass(1000)
  world.entries = 3
  await world.clock.pass(1000)
  world.entries = 4
  world.closed = '2026-01-01T00:00:00Z'
  await world.clock.pass(1000)
  expect(seen).toEqual(['snapshot 0 true', 'snapshot 2 true', 'snapshot 3 false', 'closed 3 false', 'end'])
})

test('when a reader is slow then it misses progress that is outdated, and never the end', async () => {
  const world = new World()
  const signals = world.watcher.run(run, new AbortController().signal)
  expect((await signals.next()).value).toMatchObject({ t: 'snapshot', seq: 0 })
  for (let bytes = 0; bytes <= 1000; bytes++) world.progress(bytes)
  world.entries = 9
  world.closed = '2026-01-01T00:00:00Z'
  await world.clock.pass(1000)
  const rest = []
  for await (const one of signals) rest.push(one.t === 'progress' ? one.done_bytes : one.t)
  expect(rest).toEqual([1000, 'snapshot', 'closed'])
})

test('when whoever drives the run dies then it shows, though nothing is written', async () => {
  const world = new World()
  const seen = world.watch()
  await world.clock.pass(1000)
  world.driven = false
  await world.clock.pass(5000)
  expect(seen).toEqual(['snapshot 0 true', 'snapshot 0 false'])
})

test('when the last reader leaves then nobody looks any more', async () => {
  const world = new World()
  const client = new AbortController()
  const seen = world.watch(client)
  await world.clock.pass(1000)
  client.abort()
  await world.clock.pass(10)
  const { asked } = world
  await world.clock.pass(60_000)
  expect(seen).toEqual(['snapshot 0 true', 'end'])
  expect(world.asked).toBe(asked)
})

test('when the agent stops then who watches a run sees its end, and others are let go', async () => {
  const world = new World()
  const hints = world.read(world.watcher.hints(new AbortController().signal), ({ kind }) => kind)
  const seen = world.watch()
  await world.clock.pass(10)
  world.stop.abort()
  await world.clock.pass(10)
  expect([hints, seen]).toEqual([['end'], ['snapshot 0 true']])
  world.entries = 2
  world.closed = '2026-01-01T00:00:00Z'
  const closed = world.watcher.close()
  await world.clock.pass(600)
  await closed
  expect(seen).toEqual(['snapshot 0 true', 'snapshot 1 false', 'closed 1 false', 'end'])
})

test('when the agent is gone before a run is over then its readers are let go a moment later', async () => {
  const world = new World()
  const seen = world.watch()
  await world.clock.pass(10)
  const closed = world.watcher.close()
  await world.clock.pass(1000)
  await closed
  await world.clock.pass(10)
  expect(seen).toEqual(['snapshot 0 true', 'end'])
})

test('when there is no such run then the reader gets the error', async () => {
  const world = new World()
  world.problem = fail('E_USAGE', 'There is no run r-1.')
  const seen = world.watch()
  await world.clock.pass(10)
  expect(seen).toEqual(['BelayError: There is no run r-1.'])
})

test('when a check finds something then pages are told, once', async () => {
  const world = new World()
  const client = new AbortController()
  const seen = world.read(world.watcher.hints(client.signal), ({ kind, name }) => `${kind} ${name ?? ''}`)
  await world.clock.pass(10_000)
  expect(seen).toEqual([])
  world.checks = { core: { ...check, latest: '1.2.0' } }
  await world.clock.pass(10_000)
  expect(seen).toEqual(['notifications ', 'components core'])
})
