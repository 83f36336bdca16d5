import { expect, test } from 'vitest'
import { BelayError } from '../../core/model/problem.ts'
import { parseCron } from '../../core/schedule/cron.ts'
import { blockText, cronFileText, readCrontab, withBlock } from './cron-text.ts'
import type { AgentJob, TimedJob } from './job.ts'
import { launchdText } from './launchd-text.ts'
import { marked, ownerOf } from './mark.ts'
import { taskText, windowsQuoted } from './schtasks-text.ts'
import { serviceText, timerText } from './systemd-text.ts'

function job(more: Partial<TimedJob> & { line?: string } = {}): TimedJob {
  const result = parseCron(more.line ?? '0 3 * * *')
  if (!('schedule' in result)) throw new Error(result.fault)
  return {
    work: 'check',
    argv: ['/opt/no de/node', '/opt/belay/start.mjs', '--state', "/var/it's 100%/$HOME", 'check', '--exit-code'],
    environment: { PATH: '/usr/bin:/bin', HOME: '/root' },
    at: result.schedule,
    delaySeconds: 600,
    failureFile: '/var/lib/belay/logs/timed-check.txt',
    ...more,
  }
}

const { argv, environment, failureFile } = job()
const agent: AgentJob = { work: 'agent', argv, reload: [...argv, 'reload'], environment, failureFile }
const update = job({ work: 'update' })
const place = { scope: 'system', environmentFile: '/etc/belay/environment' } as const

test('W1: when a timed check finds updates then its code is a success', () => {
  expect(serviceText(job(), place)).toMatch(/^SuccessExitStatus=10$/m)
  expect(serviceText(update, place)).not.toContain('SuccessExitStatus')
  expect(cronFileText(job())).toContain('case $? in 0|10) ')
  expect(cronFileText(update)).toContain('case $? in 0) ')
})

test.each(['NoNewPrivileges', 'ProtectSystem', 'ProtectHome', 'MemoryMax', 'MemoryLimit', 'CPUQuota', 'PrivateTmp'])(
  'D23, C7: when an update runs in a unit then no %s is in its way',
  (directive) => {
    const lines = serviceText(update, place).split('\n')
    expect(lines.filter((line) => line.startsWith(`${directive}=`))).toEqual([])
  },
)

test('when a unit is written then programs, paths and variables come out of it as they went in', () => {
  const text = serviceText(job(), place)
  expect(text).toContain(
    `ExecStart="/opt/no de/node" "/opt/belay/start.mjs" "--state" "/var/it's 100%%/$$HOME" "check" "--exit-code"`,
  )
  expect(text).toContain('Environment="PATH=/usr/bin:/bin"')
  expect(text).toContain('After=network-online.target belay-resume.service')
  expect(serviceText(job(), { ...place, scope: 'user' })).not.toContain('network-online')
})

test('D13, D14: when a run fails then nothing starts it again before its next time', () => {
  for (const text of [serviceText(update, place), timerText(update), launchdText(update)]) {
    expect(text).not.toMatch(/^Restart=|OnUnitActiveSec|KeepAlive|RunAtLoad/m)
  }
  expect(timerText(update)).toMatch(/^Persistent=true$/m)
})

test('when an update is stopped then only belay is told, and has the time to undo', () => {
  expect(serviceText(update, place)).toMatch(/^KillMode=process\nTimeoutStopSec=300$/m)
  expect(launchdText(update)).toContain('<key>AbandonProcessGroup</key>\n  <true/>')
})

test('when a cron line is written then nothing in it is read by the shell or as a line break', () => {
  const line = cronFileText(job()).trimEnd().split('\n').at(-1) ?? ''
  expect(line).toContain(
    `'/opt/no de/node' /opt/belay/start.mjs --state '/var/it'\\''s 100\\%/$HOME' check --exit-code`,
  )
  expect(line.startsWith('0 3 * * * root cd / && ')).toBe(true)
})

test('when a command is longer than cron takes, or holds a line break, then it is refused and not cut', () => {
  const long = job({ argv: ['/node', 'x'.repeat(1000)] })
  expect(() => cronFileText(long)).toThrow(BelayError)
  expect(() => blockText(job({ argv: ['/node', '\n* * * * * root sh'] }))).toThrow(BelayError)
})

test('when a crontab is shared then our block comes and goes and every other byte stays', () => {
  const theirs = 'SHELL=/bin/fish\n# mine\n5 4 * * * echo 1\\%\t \n\n'
  const first = withBlock(readCrontab(theirs, 'check'), blockText(job()))
  const both = withBlock(readCrontab(first, 'update'), blockText(update))
  expect(both.startsWith(theirs)).toBe(true)
  expect(both).toContain('/usr/bin/env PATH=/usr/bin:/bin HOME=/root ')
  const moved = withBlock(readCrontab(both, 'check'), blockText(job({ line: '0 4 * * *' })))
  const found = readCrontab(moved, 'check')
  const rest = readCrontab(`${found.before}${found.after}`, 'update')
  expect(`${rest.before}${rest.after}`).toBe(theirs)
  expect(readCrontab(null, 'check')).toEqual({ before: '', block: null, after: '', edited: false })
})

test.each([
  ['its line was changed', (text: string) => text.replace('0 3', '0 5')],
  ['its end was removed', (text: string) => text.replace(/^# belay-check ends\n/m, '')],
])('when %s then the block is somebody’s own', (_what, edit) => {
  expect(readCrontab(edit(blockText(job())), 'check').edited).toBe(true)
  expect(readCrontab(blockText(job()), 'check').edited).toBe(false)
})

test('when a text is marked then it is known again, unless somebody edited it or it is another’s', () => {
  const text = marked('one\ntwo\n', (words) => `# ${words}`)
  expect(ownerOf(text)).toBe('ours')
  expect(ownerOf(text.replace('two', 'three'))).toBe('edited')
  expect(ownerOf(`${text}more\n`)).toBe('edited')
  expect(ownerOf('one\ntwo\n')).toBe('foreign')
  for (const whole of [
    serviceText(job(), place),
    timerText(job()),
    cronFileText(job()),
    launchdText(job()),
    serviceText(agent, place),
  ]) {
    expect(ownerOf(whole)).toBe('ours')
  }
  expect(ownerOf(taskText(job(), null))).toBe('ours')
})

test.each([
  ['plain', 'plain'],
  ['', '""'],
  ['C:\\Program Files\\node.exe', '"C:\\Program Files\\node.exe"'],
  ['C:\\two words\\', '"C:\\two words\\\\"'],
  ['a&b', 'a&b'],
  ['say "hi"', '"say \\"hi\\""'],
  ['a\\"b', '"a\\\\\\"b"'],
])('when a Windows argument is %s then it is written as %s', (word, expected) => {
  expect(windowsQuoted(word)).toBe(expected)
})

test('when Windows starts it then there is no desktop for a window, no second one, and a missed time comes late', () => {
  const system = taskText(update, null)
  expect(system).toContain('<UserId>S-1-5-18</UserId>')
  expect(taskText(update, 'PC\\anna & co')).toContain('<UserId>PC\\anna &amp; co</UserId>')
  expect(taskText(update, 'PC\\anna')).toContain('<LogonType>S4U</LogonType>')
  expect(system + taskText(update, 'PC\\anna')).not.toContain('InteractiveToken')
  expect(system).toContain('<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>')
  expect(system).toContain('<StartWhenAvailable>true</StartWhenAvailable>')
})

test('when more times are asked for than a host can hold then it is refused with a way out', () => {
  const many = job({ line: '1,2,4,8,16,32 0-22 * * *' })
  expect(() => taskText(many, null)).toThrow('48 times a day')
  expect(() => launchdText(job({ line: '1,2,4,8,16,32 0-22 1-7 * *' }))).toThrow('400 entries')
})

test('when the agent is started by systemd then it is kept alive, reloaded, and stopped alone with time to undo', () => {
  const text = serviceText(agent, place)
  expect(text).toMatch(/^Type=exec$/m)
  expect(text).toMatch(/^Restart=on-failure$/m)
  expect(text).toMatch(/^RestartPreventExitStatus=2$/m)
  expect(text).toMatch(/^KillMode=process\nTimeoutStopSec=300$/m)
  expect(text).toMatch(/^ExecReload=.*"reload"$/m)
  expect(text.trimEnd().endsWith('[Install]\nWantedBy=multi-user.target')).toBe(true)
  expect(serviceText(agent, { ...place, scope: 'user' })).toContain('WantedBy=default.target')
})

test('when the agent is started by others then with the host, and again after a failure where they can', () => {
  expect(cronFileText(agent)).toMatch(/^@reboot root cd /m)
  expect(launchdText(agent)).toMatch(/<key>RunAtLoad<\/key>\n {2}<true\/>[^]*<key>SuccessfulExit<\/key>\n {4}<false\/>/)
  expect(launchdText(agent)).not.toContain('StartCalendarInterval')
  expect(taskText(agent, null)).toContain('<BootTrigger>')
  expect(taskText(agent, 'PC\\anna')).toMatch(/<LogonTrigger>[^]*PC\\anna[^]*<ExecutionTimeLimit>PT0S/)
  expect(taskText(agent, null)).toContain('<RestartOnFailure>')
})
