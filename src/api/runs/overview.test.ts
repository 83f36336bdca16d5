import { expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import { scriptedEngine } from '../../../test/fakes/engine.ts'
import { componentName, corePlan, runId } from '../../../test/fakes/plan.ts'
import { fail, problem } from '../../core/model/problem.ts'
import type { Engine, StatusReport } from '../../ports/engine.ts'
import type { Listener } from '../../ports/progress.ts'
import type { ComponentSettings, Settings } from '../../protocol/settings.ts'
import { createOverview } from './overview.ts'

const core = componentName('core')
const status: StatusReport = {
  component: core,
  installed: '1.0.0',
  state: 'slots',
  available: '1.1.0',
  update_available: true,
  last_checked: null,
  service: { running: true, state: 'active', describe: 'systemd core' },
  held: { kind: 'auto', auto: 'none' },
  unfinished: null,
  lock: null,
  last_run: null,
  kept: [],
  problem: null,
}
const settings = {
  components: new Map([
    [
      core,
      {
        name: core,
        aliases: [],
        policy: { auto: 'none', window: null, soakMs: 0, minAgeMs: 0, hold: [] },
        check: { every: { kind: 'off' }, afterStartMs: 0, jitterMs: 0 },
      } as unknown as ComponentSettings,
    ],
  ]),
} as unknown as Settings

function world(change: Partial<StatusReport> = {}) {
  const clock = fakeClock(0)
  const listeners = new Set<Listener>()
  const seen = { looks: 0, fails: false }
  const engine: Engine = {
    ...scriptedEngine({}),
    status: async () => {
      seen.looks++
      if (seen.fails) throw fail('E_JOURNAL_UNREADABLE', 'the disk is gone')
      return [{ ...status, ...change }]
    },
  }
  const overview = createOverview({
    use: async (work) => work({ settings, engine }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clock,
    isSelf: () => false,
  })
  return { clock, overview, seen, listeners }
}

test('when many ask at once then the host is looked at once, and again when that is old or something happened', async () => {
  const { clock, overview, seen, listeners } = world()
  await Promise.all(Array.from({ length: 50 }, (_, at) => overview.read(at % 2 === 0 ? 'en' : 'de')))
  expect(seen.looks).toBe(1)
  await clock.pass(2001)
  await overview.read('en')
  expect(seen.looks).toBe(2)
  for (const listener of listeners)
    listener({ t: 'opened', run: runId('r-00000001'), plan: corePlan(), resumed: false })
  await overview.read('en')
  expect(seen.looks).toBe(3)
})

test('when a look fails then whoever asks is told, and the next one looks again', async () => {
  const { overview, seen } = world()
  seen.fails = true
  await expect(overview.read('en')).rejects.toMatchObject({ problem: { code: 'E_JOURNAL_UNREADABLE' } })
  seen.fails = false
  expect(await overview.read('en')).toHaveLength(1)
})

const run = runId('r-00000001')
const lock = { pid: 1, user: 'root', why: 'update', since: '2026-01-01T00:00:00Z' }
test.each<[string, Partial<StatusReport>, object]>([
  [
    'runs',
    {},
    { health: 'ok', health_text: 'running', busy_run: null, held_text: 'not installed by itself (auto: none)' },
  ],
  [
    'ended',
    { service: { running: false, state: 'failed', describe: '' } },
    { health: 'trouble', health_text: 'failed' },
  ],
  ['has no service', { service: null }, { health: 'ok' }],
  ['cannot be looked at', { state: 'unknown', service: null }, { health: 'unknown', health_text: 'cannot be seen' }],
  ['is not installed', { state: 'absent', service: null }, { health: 'unknown', health_text: 'not installed' }],
  ['is being updated', { unfinished: { run, phase: 'applying' }, lock }, { health: 'ok', busy_run: run }],
  ['was left behind', { unfinished: { run, phase: 'applying' } }, { health: 'trouble', busy_run: null }],
  [
    'is stuck',
    { unfinished: { run, phase: 'stuck' } },
    { health: 'trouble', health_text: 'stuck: a person is needed' },
  ],
])('when a component %s then its health says so', async (_, change, expected) => {
  expect(await world(change).overview.read('en')).toMatchObject([expected])
})

test('when a component has a problem then each language tells it in its own words', async () => {
  const { overview } = world({ problem: problem('E_LOCKED', 'core is held by 12', { facts: { pid: 12 } }) })
  const [en] = await overview.read('en')
  expect(en?.problem?.message).toBe('core is held by 12')
  const [de] = await overview.read('de')
  expect(de?.problem?.message).toBe('Ein anderer Lauf hält diese Komponente. (pid: 12)')
})
