import { expect, test, vi } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import { runReport, type Script, scriptedEngine } from '../../../test/fakes/engine.ts'
import { componentName, corePlan, runId } from '../../../test/fakes/plan.ts'
import { fail, problemOf } from '../../core/model/problem.ts'
import type { RunDetails } from '../../ports/engine.ts'
import type { Listener, RunEvent } from '../../ports/progress.ts'
import { type Asker, createStarter } from './start.ts'

const core = componentName('core')
const asker = (who: string): Asker & { readonly heard: string[] } => {
  const heard: string[] = []
  return { who, heard, ended: async (outcome, run) => void heard.push(`${outcome} ${run}`) }
}
const anna = asker('anna')
const ben = asker('ben')
const opened = (run: string, resumed = false): RunEvent => ({
  t: 'opened',
  run: runId(run),
  plan: corePlan(),
  resumed,
})

/** A starter on an engine whose `update` does what the test says. `emit`: as another call of the same engine would. */
function world(script: Script, goesOnHere = true) {
  const listeners = new Set<Listener>()
  const cancelled: string[] = []
  const said: string[] = []
  const engine = scriptedEngine(script)
  const emit: Listener = (event) => {
    for (const listener of listeners) listener(event)
  }
  const starter = createStarter({
    use: async (work) => work({ engine }),
    run: async (_component, work) => work({ engine }, new AbortController().signal),
    cancel(component) {
      cancelled.push(component)
      return goesOnHere
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clock: fakeClock(0),
    say: ({ text }) => said.push(text),
  })
  return { starter, emit, cancelled, said, engine }
}

test('when the run is in the journal then whoever asked is answered while it goes on', async () => {
  const end = Promise.withResolvers<void>()
  const { starter, emit } = world({
    update: async () => {
      await Promise.resolve()
      emit(opened('r-00000001'))
      await end.promise
      return runReport()
    },
  })
  expect(await starter.update(core, {}, anna)).toEqual({
    started: { run: 'r-00000001', component: 'core', outcome: 'started', resumed: false },
  })
  end.resolve()
})

test('when there is nothing to do then the answer is the report', async () => {
  const report = runReport({ run: null, outcome: 'current' })
  const { starter } = world({ update: async () => report })
  expect(await starter.update(core, {}, anna)).toEqual({ current: report })
})

test('when a timer opens a run of the same component meanwhile then it is not taken for the one that was asked for', async () => {
  const refused = Promise.withResolvers<never>()
  const { starter, emit } = world({ update: async () => refused.promise })
  const answer = starter.update(core, {}, anna)
  emit(opened('r-0000dead'))
  refused.reject(fail('E_LOCKED', 'core is held by process 1'))
  await expect(answer).rejects.toMatchObject({ problem: { code: 'E_LOCKED' } })
})

test('D24: when a second client asks for the same component then it is refused with who has it, and the first goes on', async () => {
  const end = Promise.withResolvers<void>()
  const { starter, emit, engine } = world({
    update: async () => {
      emit(opened('r-00000001'))
      await end.promise
      return runReport()
    },
  })
  await starter.update(core, {}, anna)
  await expect(starter.rollback(core, {}, ben)).rejects.toMatchObject({
    problem: { code: 'E_LOCKED', facts: { user: 'anna', why: 'update', since: '1970-01-01T00:00:00.000Z' } },
  })
  expect(engine.calls).toEqual(['update core {}'])
  end.resolve()
})

test('when the first is over then the next may begin', async () => {
  const { starter } = world({ update: async () => runReport({ outcome: 'current' }) })
  await starter.update(core, {}, anna)
  await Promise.resolve()
  expect(await starter.update(core, {}, ben)).toHaveProperty('current')
})

test('when nothing of a component is unfinished then resuming it says so', async () => {
  const { starter } = world({ resume: async () => ({ runs: [], deferred: false }) })
  await expect(starter.resume(core, anna)).rejects.toMatchObject({ problem: { code: 'E_USAGE' } })
})

test.each([
  ['goes on here', null, true, null, null],
  ['is over', '2026-01-01T00:00:00Z', true, null, 'E_USAGE'],
  ['goes on in another process', null, false, { pid: 7, user: 'root', why: 'update', since: 'now' }, 'E_LOCKED'],
  ['was left behind by a crash', null, false, null, 'E_UNFINISHED_RUN'],
] as const)(
  'when a run that %s is cancelled then it is asked, or it is said why not',
  async (_, closed, here, holder, code) => {
    const details = { ...runReport(), closed } as unknown as RunDetails
    const { starter, cancelled } = world({ details, holder }, here)
    const problem = await starter.cancel('r-00000001').then(
      () => null,
      (error: unknown) => problemOf(error).code,
    )
    expect(problem).toBe(code)
    expect(cancelled).toEqual(closed === null ? ['core'] : [])
  },
)

test('when a run that was begun is over then whoever asked is told how it ended, and only then', async () => {
  const end = Promise.withResolvers<void>()
  const { starter, emit } = world({
    update: async () => {
      await Promise.resolve()
      emit(opened('r-00000001'))
      await end.promise
      return runReport({ outcome: 'rolled-back', run: runId('r-00000001') })
    },
    rollback: async () => runReport({ outcome: 'current', run: null }),
  })
  const asked = asker('cleo')
  await starter.update(core, {}, asked)
  expect(asked.heard).toEqual([])
  end.resolve()
  await vi.waitFor(() => expect(asked.heard).toEqual(['rolled-back r-00000001']))
  await vi.waitFor(async () => expect(await starter.rollback(core, {}, asked)).toHaveProperty('current'))
  expect(asked.heard).toHaveLength(1)
})

test('when a run that was begun goes on in another process then nothing is told of its end', async () => {
  const { starter, emit, said } = world({
    update: async () => {
      await Promise.resolve()
      emit(opened('r-00000001'))
      throw fail('E_LOCKED', 'It goes on beside this process.')
    },
  })
  const asked = asker('cleo')
  await starter.update(core, {}, asked)
  await vi.waitFor(() => expect(said).toHaveLength(1))
  expect(asked.heard).toEqual([])
})

test('when a run that was begun breaks then that is how it ended', async () => {
  const { starter, emit } = world({
    update: async () => {
      await Promise.resolve()
      emit(opened('r-00000001'))
      throw fail('E_IO', 'The disk is full.')
    },
  })
  const asked = asker('cleo')
  await starter.update(core, {}, asked)
  await vi.waitFor(() => expect(asked.heard).toEqual(['E_IO null']))
})
