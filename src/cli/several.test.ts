import { expect, test } from 'vitest'
import { prospect, runReport, type Script, scriptedEngine } from '../../test/fakes/engine.ts'
import { componentName, runId } from '../../test/fakes/plan.ts'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import { fail, problem } from '../core/model/problem.ts'
import type { Engine, Outlook, RunReport } from '../ports/engine.ts'
import { runCli } from './program.ts'

async function belay(words: string, script: Script, terminal: Parameters<typeof fakeTerminal>[0] = {}) {
  const engine = scriptedEngine(script)
  const screen = fakeTerminal(terminal)
  const code = await runCli(words.split(' '), screen.io, portsWith(engine))
  return { code, calls: engine.calls, out: screen.out(), err: screen.err() }
}

const ends =
  (outcomes: Readonly<Record<string, Partial<RunReport>>>): Engine['update'] =>
  async (name) =>
    runReport({ component: name, ...outcomes[name] })

const checkFailed = problem('E_CHECK_FAILED', 'GET :5000 answered 500', { hint: 'Look at the log.' })
const rolledBack = { outcome: 'rolled-back', problem: checkFailed } as const
const unmet = { kind: 'requires', component: 'remote', range: '>=2', found: '1.0.0' } as const
const held: Outlook = {
  kind: 'held',
  from: '1.0.4',
  to: '1.1.0',
  by: unmet,
  problem: problem('E_HELD', '1.1.0 of web is held', { hint: 'Update remote first.' }),
}
const failed: Outlook = {
  kind: 'failed',
  problem: problem('E_NETWORK', 'ghcr.io cannot be reached', { hint: 'Wait.' }),
}
const current: Outlook = {
  kind: 'current',
  current: runReport({ run: null, component: componentName('nats'), outcome: 'current', from: '2.10', to: '2.10' }),
}

const mixed: Script = {
  names: ['core', 'remote', 'web', 'cam', 'nats'],
  prospects: [
    prospect('remote'),
    prospect('core', { requires: { remote: '*' } }),
    prospect('web', { outlook: held }),
    prospect('cam', { outlook: failed }),
    prospect('nats', { outlook: current }),
  ],
  update: ends({}),
}

const overview = [
  '  1  remote  1.0.4 → 1.1.0   down about 1.4 s',
  '  2  core    1.0.4 → 1.1.0   down about 1.4 s, after remote',
  '  –  web     1.1.0 waits     needs remote >=2, found 1.0.0',
  '  ✗  cam     cannot be told',
  '  ✓  nats    2.10            up to date',
  'cam: ghcr.io cannot be reached',
  '  Wait.',
]

test('when all are planned then the order, what waits and why are shown, and nothing is done', async () => {
  const { code, out, calls } = await belay('plan --all', mixed)
  expect(out.split('\n').slice(0, -1)).toEqual([
    ...overview,
    'Nothing was changed. Run it: belay update --all',
    'Each with its steps: belay plan NAME',
  ])
  expect({ code, calls }).toEqual({ code: 1, calls: [] })
})

test('when a program plans all then each has its plan, or what holds it, or what went wrong', async () => {
  const { out } = await belay('update --all --dry-run --json', mixed)
  expect(JSON.parse(out).plans).toMatchObject([
    { component: 'remote', plan: { v: 1 }, held: null },
    { component: 'core', plan: { v: 1 } },
    { component: 'web', plan: null, held: unmet, error: { code: 'E_HELD' } },
    { component: 'cam', plan: null, held: null, error: { code: 'E_NETWORK' } },
    { component: 'nats', plan: null, current: { outcome: 'current' } },
  ])
})

test('when a person agrees to the whole then they are asked once, and get the versions that they saw, in that order', async () => {
  const { code, out, calls } = await belay('update --all', mixed, { columns: 100, answers: [''] })
  expect(out.split('\n').slice(0, 7)).toEqual(overview)
  expect(out.match(/\[Y\/n\]/g)).toHaveLength(1)
  expect(out).toContain('Update remote, core, one at a time in this order? The way back of each is kept. [Y/n] ')
  expect(calls).toEqual(['update remote {"to":"1.1.0"}', 'update core {"to":"1.1.0"}'])
  // One source did not answer.
  expect(code).toBe(1)
})

test.each([
  ['says no', 'update --all', { columns: 100, answers: ['n'] }, 1, 0],
  ['said yes before', 'update --all --yes', { columns: 100, answers: [] }, 1, 2],
  ['is not there', 'update --all', { columns: 100 }, 1, 2],
])('when a person %s then that is what happens', async (_, words, terminal, code, runs) => {
  const result = await belay(words, mixed, terminal)
  expect({ code: result.code, runs: result.calls.length }).toEqual({ code, runs })
})

test('when nothing can be updated then nobody is asked, and what is held is no failure of --all', async () => {
  const script: Script = {
    names: ['web', 'nats'],
    prospects: [prospect('web', { outlook: held }), prospect('nats', { outlook: current })],
  }
  const all = await belay('update --all --json', script)
  expect(all.code).toBe(0)
  expect(JSON.parse(all.out).runs).toMatchObject([
    {
      run: null,
      component: 'web',
      from: '1.0.4',
      to: '1.1.0',
      outcome: 'current',
      held: unmet,
      problem: { code: 'E_HELD' },
    },
    { component: 'nats', outcome: 'current', held: null, problem: null },
  ])
  const asked = await belay('update web nats', script, { columns: 100, answers: [] })
  expect(asked.out).not.toContain('[Y/n]')
  // They were named, and one was not done.
  expect(asked.code).toBe(1)
})

const chain: Script = {
  names: ['core', 'remote', 'web', 'cam'],
  prospects: [
    prospect('remote'),
    prospect('core', { requires: { remote: '>=1.1' } }),
    prospect('web', { requires: { core: '*' } }),
    prospect('cam'),
  ],
}

test.each([
  ['rolled back', rolledBack, 3, 'whose update to 1.1.0 was rolled back'],
  ['refused', { outcome: 'failed', problem: checkFailed } as const, 1, 'whose update to 1.1.0 did not come about'],
  ['stuck', { outcome: 'stuck', problem: problem('E_STUCK', 'masked') } as const, 4, 'which is stuck'],
])(
  'when one is %s then those that require it are not started and say so, and the others go on',
  async (_, end, code, why) => {
    const result = await belay('update --all --json', { ...chain, update: ends({ remote: end }) })
    expect(result.calls).toEqual(['update remote {}', 'update cam {}'])
    expect(result.code).toBe(code)
    expect(result.err).toContain(`core was not started: it requires remote >=1.1, ${why}.`)
    expect(result.err).toContain('web was not started: it requires core *, whose update to 1.1.0 did not come about.')
    expect(JSON.parse(result.out).runs).toMatchObject([
      { component: 'remote', outcome: end.outcome, held: null },
      {
        component: 'core',
        run: null,
        outcome: 'current',
        held: { kind: 'requires', component: 'remote', range: '>=1.1', found: '1.0.4' },
      },
      { component: 'web', run: null, outcome: 'current', held: { kind: 'requires', component: 'core' } },
      { component: 'cam', outcome: 'committed', held: null },
    ])
  },
)

test('when something is held only when its turn comes then it is told as held, and what counted on it is not started', async () => {
  const window = { kind: 'window', opens: null } as const
  const shut: Outlook = { kind: 'held', from: '1.0.4', to: '1.1.0', by: window, problem: problem('E_HELD', 'closed') }
  const engine = scriptedEngine({
    names: ['remote', 'core'],
    update: () => Promise.reject(fail('E_HELD', 'the window is closed')),
  })
  let asked = 0
  const first = [prospect('remote'), prospect('core', { requires: { remote: '*' } })]
  const prospects = async () => (asked++ === 0 ? first : [prospect('remote', { outlook: shut })])
  const screen = fakeTerminal()
  expect(await runCli(['update', '--all', '--json'], screen.io, portsWith({ ...engine, prospects }))).toBe(0)
  expect(JSON.parse(screen.out()).runs).toMatchObject([
    { component: 'remote', outcome: 'current', held: window, problem: { code: 'E_HELD' } },
    { component: 'core', outcome: 'current', held: { kind: 'requires', component: 'remote' } },
  ])
})

test('when a run was left behind then it is said, and ended by the update that follows', async () => {
  const script: Script = {
    names: ['remote', 'core'],
    prospects: [
      { component: componentName('remote'), requires: {}, kind: 'unfinished', run: runId('r-7f3c12ab') },
      prospect('core', { requires: { remote: '*' } }),
    ],
    update: ends({}),
  }
  const { code, out, calls } = await belay('update --all', script, { columns: 100, answers: [''] })
  expect(out).toContain('  1  remote  unfinished run r-7f3c12ab  ended first, then updated')
  expect({ code, calls }).toEqual({ code: 0, calls: ['update remote {}', 'update core {"to":"1.1.0"}'] })
})
