import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ScheduleRequest } from '../../ports/schedule.ts'
import type { RunResult } from '../process/run.ts'
import type { RunOptions, ScheduleHost } from './host.ts'
import { hostSchedules } from './index.ts'

let dir = ''
let calls: string[] = []
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-schedule-'))
  calls = []
})
afterEach(() => rm(dir, { recursive: true, force: true }))

type Answer = (argv: readonly string[], options: RunOptions) => Promise<Partial<RunResult>> | Partial<RunResult>

/** A host of its own below `dir`, whose programs are answered by the test. */
function hostOf(platform: NodeJS.Platform, uid: number | null, answer: Answer): ScheduleHost {
  return {
    platform,
    uid,
    user: 'anna',
    home: join(dir, 'home'),
    places: {
      systemUnits: join(dir, 'units'),
      systemdRuntime: join(dir, 'run/systemd'),
      lingering: join(dir, 'linger'),
      runtime: join(dir, 'run/user'),
      cronDir: join(dir, 'cron.d'),
      processes: join(dir, 'proc'),
    },
    async run(argv, options = {}) {
      calls.push(argv.join(' '))
      const result = { code: 0, signal: null, stdout: '', stderr: '', truncated: false, ms: 0 }
      return { ...result, ...(await answer(argv, options)) }
    },
  }
}

const fine: Answer = () => ({})

function schedulesOn(host: ScheduleHost) {
  return hostSchedules(host, async () => ({
    hostName: 'pi',
    program: ['/opt/node', '/opt/belay.mjs', '--state', '/s'],
    stateDir: join(dir, 'state'),
    environment: { environment: { PATH: '/usr/bin' }, notes: [] },
    resolve: (name) => name.toLowerCase(),
    now: () => Date.UTC(2026, 0, 1),
    prepare: async () => {},
  }))
}

const check: ScheduleRequest = { kind: null, work: 'check', at: null, names: [] }

test('when macOS has it then launchd is told once, again only what changed, and everything goes again', async () => {
  const schedules = schedulesOn(hostOf('darwin', 501, fine))
  const path = join(dir, 'home/Library/LaunchAgents/belay.check.plist')
  expect(await schedules.install(check)).toMatchObject({ kind: 'launchd', changed: true, delay_seconds: 0 })
  expect(await schedules.install(check)).toMatchObject({ changed: false })
  await schedules.install({ ...check, at: '0 4 * * *' })
  expect(await readFile(path, 'utf8')).toContain('<key>Hour</key>')
  expect(await schedules.uninstall({ kind: null, work: null })).toEqual([{ kind: 'launchd', work: 'check', path }])
  expect(calls.filter((call) => call.startsWith('launchctl'))).toEqual([
    `launchctl bootstrap gui/501 ${path}`,
    'launchctl bootout gui/501/belay.check',
    `launchctl bootstrap gui/501 ${path}`,
    'launchctl bootout gui/501/belay.check',
  ])
  expect(await readdir(join(dir, 'home/Library/LaunchAgents'))).toEqual([])
})

test('when launchd refuses then nothing of it stays', async () => {
  const schedules = schedulesOn(hostOf('darwin', 501, () => ({ code: 5, stderr: 'Bootstrap failed: 5' })))
  await expect(schedules.install(check)).rejects.toMatchObject({ problem: { code: 'E_COMMAND_FAILED' } })
  expect(await readdir(join(dir, 'home/Library/LaunchAgents'))).toEqual([])
})

test('when somebody edited what belay wrote then neither install nor uninstall touches it', async () => {
  const schedules = schedulesOn(hostOf('darwin', 501, fine))
  await schedules.install(check)
  const path = join(dir, 'home/Library/LaunchAgents/belay.check.plist')
  const edited = (await readFile(path, 'utf8')).replace('Background', 'Standard')
  await writeFile(path, edited)
  const refusal = { problem: { code: 'E_FILE_CHANGED', facts: { path } } }
  await expect(schedules.install(check)).rejects.toMatchObject(refusal)
  await expect(schedules.uninstall({ kind: null, work: null })).rejects.toMatchObject(refusal)
  expect(await readFile(path, 'utf8')).toBe(edited)
})

test('when Windows has it then the task is made from a file in the encoding that it names', async () => {
  let text = ''
  const answer: Answer = async (argv) => {
    const file = argv[argv.indexOf('/XML') + 1] ?? ''
    if (argv.includes('/Create')) text = (await readFile(file)).toString('utf16le')
    return { stdout: argv[0] === 'whoami' ? 'Mandatory Label\\High S-1-16-12288' : '' }
  }
  const schedules = schedulesOn(hostOf('win32', null, answer))
  await schedules.install({ ...check, work: 'update', names: ['App'] })
  expect(text.startsWith('\uFEFF<?xml version="1.0" encoding="UTF-16"?>')).toBe(true)
  expect(text).toContain('<Arguments>/opt/belay.mjs --state /s update app --timed --yes</Arguments>')
  expect(text).toContain('<UserId>S-1-5-18</UserId>')
  expect(await schedules.uninstall({ kind: null, work: 'update' })).toMatchObject([{ path: '\\Belay\\belay-update' }])
  expect(calls.at(-1)).toBe('schtasks /Delete /TN \\Belay\\belay-update /F')
})

/** A crontab program: `-l`, `-`, `-r`. */
function crontab(initial: string | null): { readonly answer: Answer; text(): string | null } {
  let text = initial
  return {
    text: () => text,
    answer([program, flag], { input }) {
      if (program !== 'crontab') return { code: 1 }
      if (flag === '-') text = input ?? ''
      if (flag === '-r') text = null
      return flag === '-l' && text === null ? { code: 1, stderr: 'no crontab for anna' } : { stdout: text ?? '' }
    },
  }
}

test.each([null, 'MAILTO=me\n0 1 * * * mine\n'])(
  'when a user has cron and the crontab is %j then it comes and goes and leaves that',
  async (initial) => {
    const tab = crontab(initial)
    const schedules = schedulesOn(hostOf('linux', 1000, tab.answer))
    const installed = await schedules.install(check)
    expect(installed).toMatchObject({ kind: 'cron', changed: true, delay_seconds: 0 })
    expect(tab.text()).toContain(`${installed.at} cd / && `)
    expect(await schedules.install(check)).toMatchObject({ changed: false })
    await schedules.install({ ...check, work: 'update' })
    expect(await schedules.uninstall({ kind: null, work: null })).toHaveLength(2)
    expect(tab.text()).toBe(initial)
  },
)

test('when a kind is not of this host then its text can be seen and not installed', async () => {
  const schedules = schedulesOn(hostOf('linux', 1000, crontab(null).answer))
  for (const kind of ['systemd', 'launchd', 'schtasks'] as const) {
    expect((await schedules.print({ ...check, kind })).files[0]?.text).toContain('belay')
    await expect(schedules.install({ ...check, kind })).rejects.toMatchObject({ problem: { code: 'E_PLATFORM' } })
  }
  expect(await readdir(dir)).toEqual([])
})

test('when systemd refuses a unit then nothing is left where it reads', async () => {
  await mkdir(join(dir, 'run/systemd'), { recursive: true })
  const answer: Answer = (argv) => (argv.includes('enable') ? { code: 1, stderr: 'Failed to enable' } : {})
  const schedules = schedulesOn(hostOf('linux', 0, answer))
  await expect(schedules.install(check)).rejects.toMatchObject({ problem: { code: 'E_COMMAND_FAILED' } })
  expect(await readdir(join(dir, 'units'))).toEqual([])
  expect(calls.at(-1)).toBe('systemctl --no-ask-password daemon-reload')
})

test('when another kind starts the same then that is told', async () => {
  await mkdir(join(dir, 'run/systemd'), { recursive: true })
  await mkdir(join(dir, 'cron.d'))
  const answer: Answer = (argv) => (argv.includes('show') ? { stdout: 'ActiveState=active\n' } : {})
  const schedules = schedulesOn(hostOf('linux', 0, answer))
  expect((await schedules.install({ ...check, kind: 'cron' })).notes).toEqual([])
  expect((await schedules.install(check)).notes).toEqual([
    'There is a timed check of cron too: "belay service uninstall --kind cron" takes it away.',
  ])
  expect(await schedules.uninstall({ kind: null, work: null })).toHaveLength(2)
})

test('when no time is given then hosts of other names start at other minutes, and often is told', async () => {
  const schedules = schedulesOn(hostOf('linux', 1000, crontab(null).answer))
  expect((await schedules.print(check)).at).toMatch(/^\d+ 3 \* \* \*$/)
  const often = await schedules.print({ ...check, at: '*/5 * * * *' })
  expect(often.times_per_day).toBe(288)
  expect(often.notes).toContain('It fires 288 times a day: sources count requests.')
  await expect(schedules.print({ ...check, at: '* 3 * * *' })).rejects.toMatchObject({
    problem: { code: 'E_USAGE', hint: 'Write "0 3 * * *" for once in each of them.' },
  })
})

test('when the agent is installed under systemd then its service is enabled, and it has neither times nor names', async () => {
  await mkdir(join(dir, 'run/systemd'), { recursive: true })
  const answer: Answer = (argv) => (argv.includes('show') ? { stdout: 'ActiveState=active\nNeedDaemonReload=no' } : {})
  const schedules = schedulesOn(hostOf('linux', 0, answer))
  const agent: ScheduleRequest = { kind: 'systemd', work: 'agent', at: null, names: [] }
  const installed = await schedules.install(agent)
  expect(installed).toMatchObject({ at: null, next: [], files: [{ path: join(dir, 'units/belay-agent.service') }] })
  expect(calls).toContain('systemctl --no-ask-password --quiet enable belay-agent.service')
  expect(await readFile(join(dir, 'units/belay-agent.service'), 'utf8')).toContain('"--state" "/s" "agent"')
  await expect(schedules.install({ ...agent, at: '0 3 * * *' })).rejects.toMatchObject({ problem: { code: 'E_USAGE' } })
  await expect(schedules.install({ ...agent, names: ['app'] })).rejects.toMatchObject({ problem: { code: 'E_USAGE' } })
  expect(await schedules.uninstall({ kind: 'systemd', work: 'agent' })).toMatchObject([{ work: 'agent' }])
  expect(calls).toContain('systemctl --no-ask-password stop --no-block belay-agent.service')
})
