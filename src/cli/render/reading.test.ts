import { expect, test } from 'vitest'
import { checkReport, historyItem, runReport, statusReport } from '../../../test/fakes/engine.ts'
import { componentName, corePlan, runId } from '../../../test/fakes/plan.ts'
import { problem } from '../../core/model/problem.ts'
import type { RunDetails, StepReport } from '../../ports/engine.ts'
import { lookOf } from '../terminal/look.ts'
import { backupLines } from './backups.ts'
import { checkLines } from './check.ts'
import { historyLines } from './history.ts'
import { problemLines, type Reader } from './problem.ts'
import { showLines } from './show.ts'
import { statusLines } from './status.ts'
import { moment } from '../../protocol/words/units.ts'

const look = lookOf({ write: () => {} }, { LANG: 'C.UTF-8' }, { color: true })
const reader: Reader = { look, language: 'en', now: Date.parse('2026-11-20T12:00:00.000Z') }
const lock = { pid: 812, user: 'pi', why: 'update core', since: '2026-11-20T11:58:00.000Z' }

test('when all is well then status is one line each and one sentence', () => {
  const reports = [
    statusReport(),
    statusReport({ component: componentName('scheduler'), installed: '2.0.0', available: '2.0.0' }),
  ]
  expect(statusLines(reports, reader, { detailed: false })).toEqual([
    'core       1.0.4  ✓ running  up to date  checked 4 minutes ago',
    'scheduler  2.0.0  ✓ running  up to date  checked 4 minutes ago',
    'Everything is up to date.',
  ])
})

test('when there is trouble then it is on top, in words', () => {
  const reports = [
    statusReport({
      unfinished: { run: runId('r-7f3c12ab'), phase: 'backing_up' },
      service: { running: false, state: 'failed', describe: 'systemd dunebugger' },
      problem: problem('E_VERSION_UNKNOWN', 'VERSION cannot be read', { hint: 'Check version:.' }),
    }),
  ]
  expect(statusLines(reports, reader, { detailed: false })).toEqual([
    'core: unfinished run r-7f3c12ab (backing up), run belay resume',
    'core: VERSION cannot be read',
    '  Check version:.',
    'core  1.0.4  ✗ failed  up to date  checked 4 minutes ago',
  ])
})

test('when someone works on a run then nobody is sent to resume it', () => {
  const [first] = statusLines(
    [statusReport({ unfinished: { run: runId('r-7f3c12ab'), phase: 'verifying' }, lock })],
    reader,
    { detailed: false },
  )
  expect(first).toBe(
    `core: r-7f3c12ab is under way (verifying), held by pi, process 812, since ${moment(lock.since)} (2 minutes ago): update core`,
  )
})

test('when an update is available then status says so and what to do next', () => {
  const lines = statusLines([statusReport({ available: '1.1.0', update_available: true })], reader, { detailed: false })
  expect(lines).toEqual(['core  1.0.4  ✓ running  1.1.0 available  checked 4 minutes ago', 'Next: belay plan core'])
})

test('when one component is asked for then everything known is there', () => {
  const lines = statusLines([statusReport({ last_run: historyItem(), kept: ['1.0.3'] })], reader, { detailed: true })
  expect(lines.slice(1, -1)).toEqual([
    '  state     slots',
    '  service   systemd dunebugger (active)',
    `  checked   ${moment('2026-11-20T11:56:00.000Z')}`,
    '  last run  r-7f3c12ab update committed, 1 hour ago',
    '  kept      1.0.3',
  ])
})

test('when nothing is installed, known or served then status does not pretend', () => {
  const bare = statusReport({ installed: null, state: 'absent', available: null, last_checked: null, service: null })
  expect(statusLines([bare], reader, { detailed: false })).toEqual([
    'core  not installed  no service  not known  never checked',
  ])
})

test('when sources were asked then each answer is a line, and a failed one is never "up to date"', () => {
  const reports = new Map([
    ['core', checkReport({ update_available: true, latest: '1.1.0', relation: 'older', release_notes: 'Fixes' })],
    [
      'remote',
      checkReport({
        error: { code: 'E_NETWORK', message: 'api.github.com cannot be reached', hint: 'Check the network.' },
      }),
    ],
    ['local', checkReport({ current: '2.0.0', relation: 'local-newer' })],
    ['odd', checkReport({ current: null, relation: 'unknown' })],
    ['none', checkReport({ latest: null, relation: 'unknown' })],
    ['held', checkReport({ latest: '1.1.0', update_available: true, held: { kind: 'hold', pattern: '1.*' } })],
  ])
  expect(checkLines(reports, reader)).toEqual([
    'core    1.0.4  1.1.0 available                       checked 4 minutes ago',
    'remote  1.0.4  ✗ could not be checked                checked 4 minutes ago',
    'local   2.0.0  newer than the newest release, 1.0.4  checked 4 minutes ago',
    'odd     ?      installed version cannot be read      checked 4 minutes ago',
    'none    1.0.4  the source offers no release          checked 4 minutes ago',
    'held    1.0.4  1.1.0 held back by policy (1.*)       checked 4 minutes ago',
    'remote: api.github.com cannot be reached',
    '  Check the network.',
    'See what would happen: belay plan core',
  ])
})

test('when one component was asked for then its release notes are shown, harmless and bounded', () => {
  const notes = ['# 1.1.0', '\u001b[31mred', ...Array.from({ length: 30 }, (_, at) => `line ${at}`)].join('\n')
  const reports = new Map([
    ['core', checkReport({ update_available: true, latest: '1.1.0', relation: 'older', release_notes: notes })],
  ])
  const lines = checkLines(reports, reader)
  expect(lines.slice(1, 4)).toEqual(['', '  # 1.1.0', '  red'])
  expect(lines).toContain('  (12 more lines)')
})

test.each([
  ['an update', null],
  ['a held version', { kind: 'min-age', until: null } as const],
])('when the notes of %s have many blank lines then never two in a row are shown, and none at the end', (_, held) => {
  const release_notes = '\r\n\u001b[1m\n\r\n# 1.1.0\r\n\r\n\r\n\n  \nFixes\n\n\u001b[0m\n'
  const report = checkReport({ update_available: true, latest: '1.1.0', relation: 'older', release_notes, held })
  const [, ...lines] = checkLines(new Map([['core', report]]), reader)
  const next = held === null ? ['', 'See what would happen: belay plan core'] : []
  expect(lines).toEqual(['', '  # 1.1.0', '', '  Fixes', ...next])
})

test('when runs are listed then each tells what it did and how it ended', () => {
  const opened = moment('2026-11-20T11:00:00.000Z')
  const items = [
    historyItem({ outcome: 'unfinished', closed: null }),
    historyItem({ outcome: 'rolled-back', from: null }),
  ]
  expect(historyLines(items, reader)).toEqual([
    'run         when              component  what                  outcome      took',
    `r-7f3c12ab  ${opened}  core       update 1.0.4 → 1.1.0  unfinished`,
    `r-7f3c12ab  ${opened}  core       update none → 1.1.0   rolled back  12 s`,
  ])
  expect(historyLines([], reader)).toEqual(['There are no runs yet. See what could be done: belay check'])
})

function details(change: Partial<RunDetails>, steps: readonly StepReport[]): RunDetails {
  const when = { opened: '2026-11-20T11:00:00.000Z', closed: '2026-11-20T11:01:03.000Z' }
  return { ...runReport({ steps }), ...when, phase: 'rolled_back', plan: corePlan(), entries: [], ...change }
}

test('when a run is shown then every step has its state, and the failed one what was seen', () => {
  const steps: StepReport[] = [
    { kind: 'download', state: 'done', ms: 300, detail: 'dunebugger-1.1.0.tar.gz', facts: { bytes: 84_000 } },
    { kind: 'prepare', state: 'undone', ms: 1000, detail: 'npm ci', facts: {} },
    {
      kind: 'prepare',
      state: 'failed',
      ms: 2000,
      detail: 'npm ci',
      facts: { exit: 1, log: ['npm ERR! \u001b[31mbad', 'npm ERR! end'] },
    },
    { kind: 'stop', state: 'pending', ms: 0, detail: 'systemd dunebugger', facts: {} },
  ]
  const run = details(
    {
      outcome: 'rolled-back',
      problem: problem('E_COMMAND_FAILED', 'npm ci ended with 1', { hint: 'Read the log.' }),
      kept: ['/opt/core/failed'],
    },
    steps,
  )
  expect(showLines(run, reader)).toEqual([
    'core  1.0.4 → 1.1.0   rolled back',
    '  run         r-7f3c12ab',
    `  opened      ${moment(run.opened)}`,
    `  closed      ${moment(run.closed ?? '')}`,
    '  trust       checksum from SHA256SUMS',
    '  down        1.4 s',
    '  downloaded  84 kB',
    '',
    '  ✓ download     dunebugger-1.1.0.tar.gz, 0.3 s',
    '  ↩ prepare      undone: npm ci, 1.0 s',
    '  ✗ prepare      failed: npm ci, 2.0 s',
    '                 exit  1',
    '                 | npm ERR! bad',
    '                 | npm ERR! end',
    '    stop         not reached: systemd dunebugger',
    '',
    'why: npm ci ended with 1',
    '  Read the log.',
    'kept: /opt/core/failed',
  ])
})

test('when a run is unfinished then show says how to go on', () => {
  const lines = showLines(details({ closed: null }, []), reader)
  expect(lines[0]).toBe('core  1.0.4 → 1.1.0   unfinished')
  expect(lines.at(-1)).toBe('This run is unfinished: run belay resume')
})

test('when a lock is held then who, since when and why are told', () => {
  const held = problem('E_LOCKED', 'core is in use', { hint: 'Wait until it has ended.', facts: { ...lock } })
  expect(problemLines(held, reader, 'belay: ')).toEqual([
    'belay: core is in use',
    `  held by pi, process 812, since ${moment(lock.since)} (2 minutes ago): update core`,
    '  Wait until it has ended.',
  ])
})

test('when a proxy lacks lines then they stand as they are to be pasted, in either language', () => {
  const caddy = 'reverse_proxy @green 127.0.0.1:8002'
  const lacks = problem(
    'E_TRAFFIC_CONFIG',
    `Caddy does not send to green. Write this:\n@green file {\n  root /srv\n}\n${caddy}`,
    {
      hint: 'The guide has a whole example.',
    },
  )
  const pasted = ['    @green file {', '      root /srv', '    }', `    ${caddy}`]
  expect(problemLines(lacks, reader, 'belay: ')).toEqual([
    'belay: Caddy does not send to green. Write this:',
    '  The guide has a whole example.',
    ...pasted,
  ])
  expect(problemLines(lacks, { ...reader, language: 'de' }, 'belay: ').slice(-4)).toEqual(pasted)
  const other = problem('E_IO', 'one\ntwo', { hint: 'three' })
  expect(problemLines(other, reader, 'belay: ')[0]).toBe('belay: one two')
})

test('when backups are listed then each says what it is of, how old and where', () => {
  const item = {
    id: 'b-1',
    component: 'core',
    kind: 'sqlite',
    source: '/data/app.db',
    created: '2026-11-20T11:00:00.000Z',
    version: null,
    run: null,
    bytes: 12_000_000,
    place: '/var/backups',
  }
  expect(backupLines([item], reader)[1]).toBe(
    `b-1     core       ${moment(item.created)}  unknown  12 MB  sqlite /data/app.db  /var/backups`,
  )
  expect(backupLines([], reader)).toEqual(['There are no backups yet. Make one: belay backups create NAME'])
})
