import { expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import { detected } from '../../../test/fakes/detected.ts'
import { checkReport, historyItem, runReport, scriptedEngine, statusReport } from '../../../test/fakes/engine.ts'
import { componentName, corePlan } from '../../../test/fakes/plan.ts'
import type { Engine, RunDetails } from '../../ports/engine.ts'
import type { Settings } from '../../protocol/settings.ts'
import { applianceRun } from './appliance.ts'
import { applicationOf } from './application.ts'
import { deploymentWords } from './deployment.ts'
import { updateState } from './enterprise.ts'
import { helpdeskCheck, helpdeskInstall } from './helpdesk.ts'
import { publicStanding } from './public.ts'
import { latestVersion, systemCheck, systemHealth, systemVersion } from './system.ts'

function settings(names: readonly string[], system: string | null = null): Settings {
  const compat = { system: system === null ? null : componentName(system), enterprise: null, helpdesk: null }
  const components = new Map(names.map((name) => [componentName(name), { name: componentName(name) }]))
  return { file: '/etc/belay/belay.yaml', agent: { compat }, components } as unknown as Settings
}

test('when the config has one component then it is that one, else the one that it names', () => {
  expect(applicationOf(settings(['crm']), 'system').name).toBe('crm')
  expect(applicationOf(settings(['core', 'crm'], 'crm'), 'system').name).toBe('crm')
  expect(() => applicationOf(settings(['core', 'crm'], 'crm'), 'helpdesk')).toThrow(
    expect.objectContaining({
      problem: expect.objectContaining({
        code: 'E_NOT_FOUND',
        hint: expect.stringMatching(/agent\.compat\.helpdesk: core/),
      }),
    }),
  )
})

test.each([
  [detected({ kind: 'docker' }), 'docker', null],
  [detected({ kind: 'podman' }), 'docker', null],
  [detected(), 'proxmox_lxc', 'unprivileged'],
  [detected({ unprivileged: false }), 'proxmox_lxc', 'privileged'],
  [detected({ unprivileged: null }), 'proxmox_lxc', 'unknown'],
  [detected({ kind: 'vm' }), 'bare_metal', null],
  [detected({ kind: 'unknown' }), 'unknown', null],
])('when a host was looked at then it is called as the enterprise updater calls it (%#)', (host, type, container) => {
  expect(deploymentWords(host)).toEqual({ deployment_type: type, container_type: container })
})

const minute = 60_000
const at = Date.parse('2026-01-01T01:00:00Z')
const lock = { pid: 1, user: 'root', why: 'update', since: '2026-01-01T00:59:00Z' }

function runWith(change: Partial<RunDetails>): RunDetails {
  const about = {
    opened: '2026-01-01T00:00:00Z',
    closed: null,
    phase: 'applying',
    plan: corePlan(),
    entries: [],
  } as const
  return { ...runReport(), ...about, ...change }
}

test.each([
  ['there was no run', null, null, 'idle'],
  ['it is found out what would be done', lock, null, 'checking'],
  ['a run goes on', lock, runWith({ phase: 'backing_up' }), 'backing_up'],
  ['a run goes back', lock, runWith({ phase: 'rolling_back' }), 'applying'],
  [
    'a run has ended well',
    null,
    runWith({ phase: 'succeeded', closed: new Date(at - minute).toISOString() }),
    'success',
  ],
  ['a run was undone', null, runWith({ phase: 'rolled_back', closed: new Date(at - minute).toISOString() }), 'failed'],
  [
    'that is long ago',
    null,
    runWith({ phase: 'rolled_back', closed: new Date(at - 60 * minute).toISOString() }),
    'idle',
  ],
] as const)('when %s then the state of the updater says so', (_what, held, run, state) => {
  expect(updateState(statusReport({ lock: held }), run, at)).toBe(state)
})

test('when the one application does not run then its endpoints say so', () => {
  const stopped = statusReport({ service: { running: false, state: 'dead', describe: 'systemd crm' } })
  expect(systemVersion(stopped, '2026-01-01')).toEqual({
    version: '1.0.4',
    build_date: '2026-01-01',
    status: 'stopped',
  })
  expect(systemHealth(stopped, 'now')).toEqual({ status: 'unhealthy', version: '1.0.4', timestamp: 'now' })
  expect(systemHealth(statusReport({ last_run: historyItem({ outcome: 'stuck' }) }), 'now').status).toBe('unhealthy')
  expect(systemHealth(statusReport({ installed: null }), 'now')).toMatchObject({
    status: 'unhealthy',
    version: 'unknown',
  })
})

const unanswered = checkReport({ latest: null, error: { code: 'E_NETWORK', message: 'No answer.', hint: null } })

test('H4: when the source did not answer then that is an error at each of these addresses, never "up to date"', () => {
  const network = expect.objectContaining({ problem: expect.objectContaining({ code: 'E_NETWORK' }) })
  expect(() => systemCheck(unanswered)).toThrow(network)
  expect(() => latestVersion(unanswered)).toThrow(network)
  expect(helpdeskCheck(unanswered, { type: 'github-tree' }, null)).toMatchObject({
    has_updates: false,
    updates: {},
    error: 'No answer.',
  })
})

test('when a release is told then with its day and the file that would be installed', () => {
  const report = checkReport({
    latest: '1.1.0',
    release_date: '2026-01-02T03:04:05Z',
    download_url: 'https://x.test/a.zip',
    release_url: 'https://x.test/',
  })
  expect(latestVersion(report)).toEqual({
    version: '1.1.0',
    release_date: '2026-01-02',
    release_notes: '',
    download_url: 'https://x.test/a.zip',
  })
  expect(systemCheck(report).download_url).toBe('https://x.test/a.zip')
  expect(latestVersion(checkReport({ latest: null }))).toBeNull()
})

test('when files would be touched then HelpDesk is told each of them, and where they come from', () => {
  const files = [{ path: 'apps/übersicht.py', change: 'added', local: 'clean' } as const]
  const report = checkReport({ update_available: true, latest: 'b387b29', files })
  const source = { type: 'github-tree', repo: 'aboro72/HelpDesk', branch: 'master' }
  expect(helpdeskCheck(report, source, null)).toMatchObject({
    has_updates: true,
    updates: { 'apps/übersicht.py': { timestamp: '2026-11-20T11:56:00.000Z' } },
    file_count: 1,
    branch: 'master',
    repo: 'aboro72/HelpDesk',
    error: null,
  })
})

test('H5: when an installation was undone then no file of it counts as installed', () => {
  const ended = runWith({ outcome: 'rolled-back', closed: '2026-01-01T00:00:09Z' })
  const undone = helpdeskInstall({ kind: 'run', run: 'r-1', ended }, ['a.py', 'b.py'], 'now')
  expect(undone).toMatchObject({ status: 'error', success_count: 0, failed_count: 2 })
  const done = helpdeskInstall({ kind: 'run', run: 'r-1', ended: { ...ended, outcome: 'committed' } }, ['a.py'], 'now')
  expect(done).toMatchObject({ status: 'success', success_count: 1, results: { success: ['a.py'], failed: [] } })
  expect(helpdeskInstall({ kind: 'run', run: 'r-1', ended: null }, ['a.py'], 'now').status).toBe('started')
})

test('W8: when nothing was started again then no restart is claimed', () => {
  const ended = runWith({ outcome: 'failed', closed: '2026-01-01T00:00:09Z' })
  expect(applianceRun({ kind: 'run', run: 'r-1', ended })).toMatchObject({
    success: false,
    restart_attempted: false,
    restart_success: null,
  })
})

test('when many ask what everybody may know then the installation is looked at once, and again a while later', async () => {
  const clock = fakeClock(at)
  let looked = 0
  const engine: Engine = {
    ...scriptedEngine({ statuses: [statusReport()] }),
    buildDate: async () => {
      looked++
      return '2026-01-01'
    },
  }
  const standing = publicStanding({ use: async (work) => work({ engine, settings: settings(['core']) }) }, clock)
  const answers = await Promise.all(Array.from({ length: 50 }, standing))
  expect(answers[49]).toMatchObject({ buildDate: '2026-01-01', status: { installed: '1.0.4' } })
  expect(looked).toBe(1)
  await clock.pass(2000)
  await standing()
  expect(looked).toBe(2)
})

test('when the config names no place for a build date then it is the day of the release, as its run wrote it down', async () => {
  const details = runWith({ plan: corePlan({}, { releasedAt: '2026-01-02T03:04:05Z' }) })
  const engine = scriptedEngine({
    statuses: [statusReport({ installed: '1.1.0' })],
    history: [historyItem({ outcome: 'rolled-back' }), historyItem()],
    details,
  })
  const ask = publicStanding({ use: async (work) => work({ engine, settings: settings(['core']) }) }, fakeClock(at))
  expect((await ask()).buildDate).toBe('2026-01-02')
})
