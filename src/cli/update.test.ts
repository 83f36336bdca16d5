import { expect, test } from 'vitest'
import { belay } from '../../test/fakes/belay.ts'
import { runReport, type Script, scriptedEngine } from '../../test/fakes/engine.ts'
import { corePlan, runId } from '../../test/fakes/plan.ts'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import { fail, problem } from '../core/model/problem.ts'
import type { RunReport } from '../ports/engine.ts'
import { runCli } from './program.ts'

const committed = async () => runReport()

test('when an update is run for a program then standard output is its report alone and progress is elsewhere', async () => {
  const events = [{ t: 'opened', run: runId('r-7f3c12ab'), plan: corePlan(), resumed: false }] as const
  const { code, out, err } = await belay('update core --json', { script: { update: committed, events } })
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual(runReport())
  expect(err).toContain('core  1.0.4 → 1.1.0')
  expect(err).toContain('core is at 1.1.0 and verified')
})

const leaving = {
  component: 'core',
  run: runId('r-7f3c12ab'),
  slot: 'blue',
  retire_at: '2026-11-20T12:10:00.000Z',
  warm_until: '2026-11-20T12:00:00.000Z',
} as const

test('when the version before still serves somebody then the command stays until it is gone, whatever is asked in vain', async () => {
  const answers = [[leaving], null, [leaving], []] as const
  let looks = 0
  const retire = async () => {
    const answer = answers[looks++]
    if (answer === null) throw fail('E_TRAFFIC_UNREACHABLE', 'HAProxy cannot be asked')
    return answer ?? []
  }
  const script: Script = { update: committed, retire, retiring: () => (looks < answers.length ? [leaving] : []) }
  const { code, out, err } = await belay('update core --yes', { script })
  expect(code).toBe(0)
  expect(looks).toBe(answers.length)
  expect(out).toContain('The version before (blue) runs on until its connections end')
  expect(err).toContain('HAProxy cannot be asked')
})

test('when the version before is kept warm then the command says for how long', async () => {
  let here = true
  const warm = { ...leaving, warm_until: '2999-01-01T00:00:00.000Z', retire_at: '2999-01-01T00:10:00.000Z' }
  const retire = async () => {
    here = false
    return []
  }
  const script: Script = { update: committed, retire, retiring: () => (here ? [warm] : []) }
  const { out } = await belay('update core --yes', { script })
  expect(out).toMatch(/\(blue\) is kept until \d{4}-.* to be switched back to, and then until its connections end/)
})

test('when an agent is there then it ends the version before, and the command does not stay', async () => {
  const script: Script = { update: committed, retiring: () => [leaving], hasAgent: true }
  const { code, out } = await belay('update core --yes', { script })
  expect(code).toBe(0)
  expect(out).not.toContain('The version before')
})

test('when several components are updated then they go one at a time in the order of the config, and the worst code wins', async () => {
  const outcomes: Record<string, RunReport['outcome']> = { a: 'committed', b: 'rolled-back', c: 'current' }
  const script: Script = {
    names: ['a', 'b', 'c'],
    update: async (name) => runReport({ component: name, outcome: outcomes[name] ?? 'failed' }),
  }
  const { code, out, engine } = await belay('update c a b --json', { script })
  expect(code).toBe(3)
  expect(engine.calls).toEqual(['update a {}', 'update b {}', 'update c {}'])
  expect(JSON.parse(out).runs.map((each: RunReport) => each.outcome)).toEqual(['committed', 'rolled-back', 'current'])
})

test('when one of several is refused then the others still get their turn', async () => {
  const script: Script = {
    names: ['a', 'b'],
    update: async (name) => {
      if (name === 'a') throw fail('E_NETWORK', 'api.github.com cannot be reached')
      return runReport({ component: name })
    },
  }
  const { code, out } = await belay('update --all --json', { script })
  expect(code).toBe(1)
  expect(JSON.parse(out).runs).toMatchObject([
    { run: null, component: 'a', outcome: 'failed', problem: { code: 'E_NETWORK' } },
    { component: 'b', outcome: 'committed' },
  ])
})

test.each(['plan core --to 1.1.0', 'update core --to 1.1.0 --dry-run'])(
  'when %s is run then the plan is shown and nothing is done',
  async (words) => {
    const { code, out, engine } = await belay(words)
    expect(code).toBe(0)
    expect(out).toMatch(/Nothing was changed\. Run it: belay update core --to 1\.1\.0\n$/)
    expect(engine.calls).toEqual([])
    const json = await belay(`${words} --json`)
    expect(JSON.parse(json.out).plan).toEqual(corePlan())
  },
)

test('when there is nothing to plan then the plan is null and the report says why', async () => {
  const current = runReport({ run: null, outcome: 'current', to: '1.0.4' })
  const { out } = await belay('plan core --json', { script: { plan: async () => ({ current }) } })
  expect(JSON.parse(out)).toEqual({ plan: null, current })
})

test('when a person agrees on a terminal then exactly the version they saw is installed', async () => {
  const { code, out, engine } = await belay('update core', {
    script: { update: committed },
    terminal: { columns: 100, answers: [''] },
  })
  expect(code).toBe(0)
  expect(out).toContain('  4  switch         current → releases/1.1.0')
  expect(out).toContain(
    'Update core to 1.1.0? Nobody is served for about 1.4 s, as in the last update. The way back is kept. [Y/n] ',
  )
  expect(engine.calls).toEqual(['update core {"to":"1.1.0"}'])
})

test.each([['n'], ['no'], ['what'], []])('when a person answers %s then nothing is done', async (...answers) => {
  const { code, out, engine } = await belay('update core', { terminal: { columns: 100, answers } })
  expect({ code, calls: engine.calls }).toEqual({ code: 1, calls: [] })
  expect(out).toMatch(/Nothing was changed\.\n$/)
})

test.each([
  ['--yes was said', 'update core --yes', { columns: 100, answers: [] }],
  ['nobody is there', 'update core', { columns: 100 }],
  ['the output is a pipe', 'update core', { answers: [] }],
  ['JSON was asked for', 'update core --json', { columns: 100, answers: [] }],
])('when %s then nothing is asked', async (_, words, terminal) => {
  const { code, engine, out } = await belay(words, { script: { update: committed }, terminal })
  expect({ code, calls: engine.calls }).toEqual({ code: 0, calls: ['update core {}'] })
  expect(out).not.toContain('[Y/n]')
})

test('when there is nothing to do then a person is not asked about it', async () => {
  const current = runReport({ run: null, outcome: 'current', to: '1.0.4' })
  const result = await belay('update core', {
    script: { plan: async () => ({ current }) },
    terminal: { columns: 100, answers: [] },
  })
  expect(result).toMatchObject({ code: 0, out: 'core is up to date at 1.0.4. Nothing was changed.\n' })
})

test('when flags are given then the engine gets them and nothing else', async () => {
  const script: Script = { update: committed, rollback: committed }
  expect((await belay('update core --now --to 2.0.0', { script })).engine.calls).toEqual([
    'update core {"to":"2.0.0","now":true}',
  ])
  expect((await belay('rollback core --keep-data', { script })).engine.calls).toEqual(['rollback core {"data":"keep"}'])
  expect((await belay('rollback core --restore-data --to 1.0.0 -y', { script })).engine.calls).toEqual([
    'rollback core {"to":"1.0.0","data":"restore"}',
  ])
})

test('when Ctrl-C is pressed once then the engine is asked to go back and its report is awaited', async () => {
  const screen = fakeTerminal()
  const engine = scriptedEngine({
    update: (_, { signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () =>
          resolve(runReport({ outcome: 'rolled-back', problem: problem('E_CANCELLED', 'stopped') })),
        )
        screen.interrupt()
      }),
  })
  expect(await runCli(['update', 'core'], screen.io, portsWith(engine))).toBe(3)
  expect(screen.out()).toContain('Stopping: what was done is being undone.')
  expect(screen.out()).toContain('core was not updated, as you asked.')
})

test('when Ctrl-C is pressed twice then it leaves at once and says how to go on', async () => {
  const screen = fakeTerminal()
  const engine = scriptedEngine({
    update: () =>
      new Promise(() => {
        screen.interrupt()
        screen.interrupt()
      }),
  })
  expect(await runCli(['update', 'core'], screen.io, portsWith(engine))).toBe(4)
  expect(screen.err()).toContain('Run belay resume')
  expect(engine.closed()).toBe(false)
})

test('when one of several is stopped by a person then the rest is not begun', async () => {
  const script: Script = {
    names: ['a', 'b'],
    update: async (name) =>
      runReport({ component: name, outcome: 'rolled-back', problem: problem('E_CANCELLED', 'stopped') }),
  }
  expect((await belay('update --all', { script })).engine.calls).toEqual(['update a {}'])
})
