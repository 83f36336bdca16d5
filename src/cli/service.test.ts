import { expect, test } from 'vitest'
import { prospect, scriptedEngine } from '../../test/fakes/engine.ts'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import { problem } from '../core/model/problem.ts'
import type { ScheduleRequest, Scheduled, Schedules } from '../ports/schedule.ts'
import { runCli } from './program.ts'

const scheduled: Scheduled = {
  kind: 'systemd',
  why: 'systemd runs this host',
  work: 'check',
  at: '0 3 * * *',
  times_per_day: 1,
  next: ['2026-11-22T03:00:00.000Z'],
  delay_seconds: 600,
  files: [{ path: '/etc/systemd/system/belay-check.timer', text: '[Timer]\nOnCalendar=*-*-* 03:00:00\n' }],
  commands: [['systemctl', 'daemon-reload']],
  notes: ['GITHUB_TOKEN is set here.'],
}

async function belay(words: string, more: Partial<Scheduled> = {}) {
  const asked: unknown[] = []
  const schedules: Schedules = {
    print: async (request: ScheduleRequest) => (asked.push(request), scheduled),
    install: async (request) => (asked.push(request), { ...scheduled, ...more, changed: true, state: 'active' }),
    uninstall: async (what) => (asked.push(what), []),
  }
  const screen = fakeTerminal()
  const code = await runCli(words.split(' '), screen.io, portsWith(null, { schedules: async () => schedules }))
  return { code, asked, out: screen.out(), err: screen.err() }
}

test('when nothing is said then it is a check, once a night, by what the host has', async () => {
  const { code, asked, out } = await belay('service install')
  expect(code).toBe(0)
  expect(asked).toEqual([{ kind: null, work: 'check', at: null, names: [] }])
  expect(out).toContain('/etc/systemd/system/belay-check.timer')
  expect(out).toContain('up to 10 min later by chance')
  expect(out).toContain('GITHUB_TOKEN is set here.')
})

test('when names, kind and time are given then they are handed on', async () => {
  const { asked } = await belay('service print app core --kind cron --do update --at @weekly')
  expect(asked).toEqual([{ kind: 'cron', work: 'update', at: '@weekly', names: ['app', 'core'] }])
})

test('when it is printed then the text stands as it is and all else is a comment', async () => {
  const { out } = await belay('service print')
  const own = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  expect(own).toEqual(['[Timer]', 'OnCalendar=*-*-* 03:00:00'])
})

test('when nothing is said to uninstall then it is all of it, and finding nothing is no fault', async () => {
  const { code, asked, out } = await belay('service uninstall')
  expect([code, asked, out]).toEqual([0, [{ kind: null, work: null }], 'There was nothing of belay to remove.\n'])
})

test('when JSON is asked for then it is the whole', async () => {
  expect(JSON.parse((await belay('service print --json')).out)).toEqual({ schedule: scheduled })
  expect(JSON.parse((await belay('service uninstall --json')).out)).toEqual({ removed: [] })
})

test('when something else is asked for then it is refused, and what is there is named', async () => {
  const { code, err } = await belay('service install --do hub')
  expect(code).toBe(2)
  expect(err).toContain('Allowed choices are check, update, agent.')
})

test('when the agent is asked for then it starts with the host and has no times', async () => {
  const { asked, out } = await belay('service install --do agent', { work: 'agent', at: null, next: [], files: [] })
  expect(asked).toEqual([{ kind: null, work: 'agent', at: null, names: [] }])
  expect(out).toContain('agent, started with the host')
})

test.each([
  ['--timed', 0],
  ['', 1],
])(
  'D14: when a timed update (%s) finds that its version failed here before then it waits, which is no failure',
  async (flag, ends) => {
    const by = { kind: 'failed-before', run: 'r-1' } as const
    const outlook = { kind: 'held', from: '1.0.4', to: '1.1.0', by, problem: problem('E_HELD', 'held') } as const
    const engine = scriptedEngine({
      names: ['core', 'web'],
      prospects: [prospect('core', { outlook }), prospect('web', { outlook })],
    })
    const screen = fakeTerminal()
    const code = await runCli(
      `update core web ${flag} --yes --json`.split(' ').filter(Boolean),
      screen.io,
      portsWith(engine),
    )
    expect(code).toBe(ends)
    expect(JSON.parse(screen.out()).runs).toMatchObject([{ outcome: 'current', held: by }, { outcome: 'current' }])
    expect(engine.calls.join()).toBe('')
  },
)
