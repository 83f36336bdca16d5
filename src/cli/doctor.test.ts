import { expect, test } from 'vitest'
import { belay } from '../../test/fakes/belay.ts'
import { detected } from '../../test/fakes/detected.ts'
import type { DoctorReport, Trial } from '../core/doctor/report.ts'
import { fail } from '../core/model/problem.ts'
import type { Settings } from '../protocol/settings.ts'

const settings = { loadSettings: async () => ({}) as Settings }
const nothing: DoctorReport = { findings: [] }
const trial: Trial = {
  slot: 'green',
  version: '1.0.0',
  ready_ms: 800,
  problem: null,
  served: { asked: 40, failed: 0, steady: true },
  process: null,
  port: { request: 'slow', answered: 'yes', idle: 'closed', idle_ms: 5, refuses_ms: 40 },
  gone_ms: 1300,
  waited_ms: 1300,
  exit_code: null,
}

test('when nothing is found then it says so and ends with 0', async () => {
  const { code, out } = await belay('doctor core', { script: { doctor: nothing }, ports: settings })
  expect([code, out]).toEqual([0, 'Nothing was found that would not work.\n'])
})

test('when something is found then it is told with its component, what, why and what to do, and ends with 1', async () => {
  const doctor: DoctorReport = { findings: [{ code: 'unfinished', component: 'core', run: 'r-7f3c12ab' }] }
  const { code, out } = await belay('doctor core', { script: { doctor }, ports: settings })
  expect(code).toBe(1)
  expect(out).toBe(
    '✗ core: Run r-7f3c12ab was left behind.\n  Nothing else is begun before it is finished or undone.\n  belay resume\n',
  )
  const german = await belay('doctor core', {
    script: { doctor },
    ports: settings,
    terminal: { env: { LANG: 'de_DE.UTF-8' } },
  })
  expect(german.out).toContain('core: Der Lauf r-7f3c12ab ist liegen geblieben.')
})

test.each<[string, Partial<Trial>, number]>([
  ['drains', {}, 0],
  ['ignores', { gone_ms: null }, 1],
])('when a trial shows that it %s then the document says so, and the exit code', async (verdict, change, exit) => {
  const doctor: DoctorReport = { ...nothing, trial: { ...trial, ...change }, not_tried: null, process: null }
  const { code, out } = await belay('--json doctor core', { script: { doctor }, ports: settings })
  expect(code).toBe(exit)
  expect(JSON.parse(out)).toMatchObject({
    findings: [],
    trial: { verdict, gone_ms: change.gone_ms === null ? null : 1300 },
  })
  const people = await belay('doctor core', { script: { doctor }, ports: settings })
  expect(people.out).toContain('1.0.0 was ready in green after 0.8 s.')
})

test('when nobody is named then the host is looked at, too', async () => {
  const host = detected({ limits: [{ code: 'systemd-refused' }] })
  const { code, out } = await belay('--json doctor', {
    script: { doctor: nothing },
    ports: { ...settings, detect: async () => host },
  })
  expect(code).toBe(1)
  expect(JSON.parse(out).findings).toMatchObject([
    { component: null, code: 'systemd-refused', hint: 'Run belay as root.' },
  ])
})

test('when the config has errors, or the state folder cannot be used, then each is a finding', async () => {
  const errors = ['belay.yaml:3:5 agnt: no such key', 'belay.yaml:9:1 version: missing']
  const broken = async () => Promise.reject(fail('E_CONFIG_INVALID', errors.join('\n'), { facts: { errors } }))
  const config = await belay('doctor core', { ports: { loadSettings: broken } })
  expect(config.code).toBe(1)
  for (const error of errors) expect(config.out).toContain(error)
  const open = async () =>
    Promise.reject(fail('E_STATE_UNSAFE', 'The state folder is not yours.', { hint: 'chmod it' }))
  const state = await belay('doctor core', { ports: { ...settings, open } })
  expect([state.code, state.out]).toEqual([1, '✗ The state folder is not yours.\n  chmod it\n'])
})

test.each([
  ['doctor --slow /x', 'one component'],
  ['doctor core --slow report', 'no path'],
])('when "%s" is asked then it is refused', async (words, said) => {
  const { code, err } = await belay(words, { script: { doctor: nothing }, ports: settings })
  expect(code).toBe(2)
  expect(err).toContain(said)
})
