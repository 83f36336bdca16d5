import { expect, test } from 'vitest'
import { command, componentName, corePlan, link, restore, turn } from '../../../test/fakes/plan.ts'
import type { Step } from '../../core/plan/step.ts'
import { lookOf } from '../terminal/look.ts'
import { width } from '../terminal/width.ts'
import { planDocument, planLines, question } from './plan.ts'

const now = Date.parse('2026-11-20T12:00:00.000Z')
const utf8 = { LANG: 'C.UTF-8', NO_COLOR: '1' }
const pipe = lookOf({ write: () => {} }, utf8, { color: true })
const options = { now, run: 'belay update core' }

function terminal(columns: number, env: Record<string, string> = utf8) {
  return lookOf({ write: () => {}, isTTY: true, columns }, env, { color: true })
}

test('when a plan is shown then steps are numbered, the outage is bracketed and the commit has its place', () => {
  expect(planLines(corePlan(), pipe, options)).toEqual([
    'core  1.0.4 → 1.1.0   github marco-svitol/dunebugger · released 3 days ago · checksum from SHA256SUMS',
    '  1  download       dunebugger-1.1.0.tar.gz, 2.1 MB  while running',
    '  2  prepare        python3 -m venv .venv · npm ci   while running',
    '  3  stop           systemd dunebugger               ┐',
    '  4  switch         current → releases/1.1.0         │ down about 1.4 s',
    '  5  start          systemd dunebugger               ┘ (as last time)',
    '  6  verify         service active · version = 1.1.0',
    '     commit',
    '  7  tidy up        the download',
    '  way back: steps 5–3 reversed, data kept. Needs 61 MB, 18 GB free.',
    'Nothing was changed. Run it: belay update core',
  ])
})

test.each([40, 60, 80, 100, 200])('when the terminal has %i columns then no line of a plan is wider', (columns) => {
  const lines = planLines(corePlan(), terminal(columns), options)
  expect(lines.filter((line) => width(line) > columns)).toEqual([])
})

test('when the terminal is narrow then details are cut and the bracket stays', () => {
  const lines = planLines(corePlan(), terminal(64), options)
  expect(lines[0]).toBe('core  1.0.4 → 1.1.0')
  expect(lines).toContain('  4  switch         current → releases/1.1.0  │ down about 1.4 s')
  expect(lines).toContain('  1  download       dunebugger-1.1.0.tar.gz,… while running')
})

test('when there is no room for the bracket then a sentence takes its place', () => {
  const lines = planLines(corePlan(), terminal(40), options)
  expect(lines.join('\n')).not.toMatch(/[┐│┘]|while running/)
  expect(lines).toContain('  down about 1.4 s (as last time): steps')
  expect(lines).toContain('  3–5')
})

test('when the outage was never measured then the plan says so', () => {
  const lines = planLines(corePlan({}, { lastDowntimeMs: null }), pipe, options)
  expect(lines[4]).toMatch(/│ down$/)
  expect(lines[5]).toMatch(/┘ \(not measured yet\)$/)
})

test('when one step or two are inside the outage then the bracket fits them', () => {
  const two = planLines(corePlan({ steps: [turn('stop'), turn('start')], commitAfter: 1 }), pipe, options)
  expect(two.slice(1, 3).map((line) => line.slice(line.search(/[┐┘]/)))).toEqual([
    '┐ down about 1.4 s',
    '┘ (as last time)',
  ])
  const one = planLines(corePlan({ steps: [link()], commitAfter: 0 }), pipe, options)
  expect(one[1]).toMatch(/\] down about 1\.4 s \(as last time\)$/)
})

test('when nothing is stopped then no outage is drawn', () => {
  const lines = planLines(corePlan({}, { stops: false, restartRequired: true }), pipe, options)
  expect(lines.join('\n')).not.toMatch(/[┐│┘]/)
  expect(lines).toContain('  note: nothing here starts this component; restart it yourself afterwards.')
})

test('when two versions run at once then a sentence says what is kept, and no outage is drawn', () => {
  const streams = { keptMs: 600_000, told: false }
  const promise = { requests: 'none', streams, outageMs: 0, basis: 'by-design' } as const
  const lines = planLines(corePlan({}, { stops: false, promise }), pipe, options)
  expect(lines.join('\n')).not.toMatch(/[┐│┘]/)
  expect(lines).toContain(
    '  No request is lost. Open streams stay with the old version for up to 10 min, then they are closed.',
  )
})

test('when requests are held meanwhile then the bracket says so', () => {
  const promise = { requests: 'held', streams: 'closed', outageMs: 1400, basis: 'measured' } as const
  const lines = planLines(corePlan({}, { promise }), pipe, options)
  expect(lines[4]).toMatch(/│ held about 1\.4 s$/)
  expect(lines).toContain('  Requests wait for about 1.4 s, as in the last update. Open streams are closed.')
})

test('when a new container may change its data by itself then the way back says that the data goes back, too', () => {
  const ref = { backup: { component: 'core', data: { type: 'volume' }, dir: '/b' }, aside: '/a' }
  const protect = { kind: 'protect', phase: 'stopped', detail: 'data as it is now', restore: [ref] }
  const plan = corePlan({ steps: [turn('stop'), protect as unknown as Step, turn('start')], commitAfter: 2 })
  expect(planLines(plan, pipe, options).join('\n')).toContain('steps 3–1 reversed, data restored from the backup.')
})

test('when a migration has a backup to go back to then the way back says what happens to the data', () => {
  const ref = { backup: { component: 'core', data: { type: 'sqlite' }, dir: '/b' }, aside: '/a' }
  const migrate = command('migrate', 'scripts/migrate.sh', [ref])
  const plan = corePlan({ steps: [turn('stop'), migrate, turn('start')], commitAfter: 2 })
  expect(planLines(plan, pipe, options).join('\n')).toContain('steps 3–1 reversed, data restored from the backup.')
})

test('when the locale is not UTF-8 then the plan is ASCII', () => {
  const lines = planLines(corePlan(), terminal(100, { LANG: 'C', NO_COLOR: '1' }), options)
  expect(lines.join('')).toMatch(/^[ -~]*$/)
  expect(lines).toContain('  4  switch         current -> releases/1.1.0        | down about 1.4 s')
})

test('when a source says something odd then it cannot steer the terminal', () => {
  const lines = planLines(corePlan({}, { statedBy: 'x\u001b[2J', warnings: ['a\u001b[31mb'] }), terminal(100), options)
  expect(lines.join('')).not.toContain('\u001b')
})

test.each([
  [
    'an update',
    corePlan(),
    'Update core to 1.1.0? Nobody is served for about 1.4 s, as in the last update. The way back is kept. [Y/n] ',
  ],
  [
    'an update that was never measured',
    corePlan({}, { lastDowntimeMs: null }),
    'Update core to 1.1.0? How long nobody is served is not known yet: it was never measured here. The way back is kept. [Y/n] ',
  ],
  [
    'an installation',
    corePlan({ targets: [{ component: componentName('core'), from: null, to: '1.1.0' }] }),
    'Install core 1.1.0? What it installs is taken away again if it fails. [Y/n] ',
  ],
  [
    'a rollback',
    corePlan({ action: 'rollback', targets: [{ component: componentName('core'), from: '1.1.0', to: '1.0.4' }] }),
    'Roll core back to 1.0.4? Nobody is served for about 1.4 s, as in the last update. Data stays as it is. [Y/n] ',
  ],
  [
    'taking over a folder whose version is unknown',
    corePlan({ action: 'adopt', targets: [{ component: componentName('core'), from: null, to: null }] }),
    'Take core over into kept versions? Nobody is served for about 1.4 s, as in the last update. To make it a plain folder again, there is belay forget. [Y/n] ',
  ],
  [
    'releasing',
    corePlan({ action: 'forget' }, { stops: false }),
    'Release core as a plain folder? It is not stopped. Versions kept to go back to are removed. [Y/n] ',
  ],
  [
    'a backup',
    corePlan({ action: 'restore', steps: [restore()], commitAfter: 0 }),
    'Restore this backup of core? Nobody is served for about 1.4 s, as in the last update. Data goes back to the backup, and what is there now is kept aside. [Y/n] ',
  ],
])('when %s is asked about then the consequences are in numbers', (_, plan, text) => {
  expect(question(plan, pipe)).toBe(text)
})

test('when a plan is given to a program then it has the whole plan and readable steps', () => {
  const document = planDocument(corePlan())
  expect(document.plan).toEqual(corePlan())
  expect(document.steps.slice(1, 3)).toEqual([
    { number: 2, label: 'prepare', detail: 'python3 -m venv .venv · npm ci', when: 'while running' },
    { number: 3, label: 'stop', detail: 'systemd dunebugger', when: 'stopped' },
  ])
  expect(document.steps.slice(4, 6).map(({ label, when }) => [label, when])).toEqual([
    ['start', 'stopped'],
    ['verify', 'after'],
  ])
})
