// needs: systemd-analyze
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cron } from 'croner'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onCalendar } from '../../src/core/schedule/calendar.ts'
import { parseCron } from '../../src/core/schedule/cron.ts'
import { cronLines } from '../fakes/cron-lines.ts'
import type { AgentJob, TimedJob } from '../../src/host/schedule/job.ts'
import { serviceText, timerText } from '../../src/host/schedule/systemd-text.ts'

const count = 100
const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C', SYSTEMD_COLORS: '0' }

/** The next times as systemd itself counts them, of all lines together. */
function systemd(calendars: readonly string[], base: string): readonly number[] {
  const argv = ['calendar', `--base-time=${base}`, `--iterations=${count}`, ...calendars]
  const text = execFileSync('systemd-analyze', argv, { encoding: 'utf8', env })
  const times = [...text.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\S+) UTC/g)]
  const found = new Set(times.map(([, day, time]) => Date.parse(`${day}T${time}Z`)))
  return [...found].toSorted((a, b) => a - b).slice(0, count)
}

test('when a cron line becomes a calendar then systemd and croner agree on the next 100 times', {
  timeout: 300_000,
}, () => {
  let compared = 0
  fc.assert(
    fc.property(cronLines, fc.integer({ min: 0, max: 1000 }), (line, days) => {
      const result = parseCron(line)
      if (!('schedule' in result)) return
      const base = Date.UTC(2026, 0, 1 + days, 11, 30)
      const cron = new Cron(line, { paused: true, timezone: 'UTC' })
      const expected = cron.nextRuns(count, new Date(base)).map((date) => date.getTime())
      const text = new Date(base).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')
      // systemd counts no further than the year 2199.
      const soon = (times: readonly number[]) => times.filter((time) => time < Date.UTC(2100, 0))
      expect(soon(systemd(onCalendar(result.schedule), text)), line).toEqual(soon(expected))
      compared += 1
    }),
    {
      numRuns: 120,
      examples: [
        ['0 0 29 2 *', 0],
        ['*/7 */5 1-31/9 * *', 3],
        ['0 0 13 * 5', 0],
      ],
    },
  )
  expect(compared).toBeGreaterThan(40)
})

function job(work: TimedJob['work']): TimedJob {
  const result = parseCron('*/30 2-4 * * 1-5')
  if (!('schedule' in result)) throw new Error(result.fault)
  return {
    work,
    argv: [process.execPath, '/opt/a "b" c%d/$HOME/start.mjs', '--state', '/var/lib/belay', work],
    environment: { PATH: '/usr/bin:/bin', HOME: '/home/a b' },
    at: result.schedule,
    delaySeconds: 450,
    failureFile: '/tmp/x',
  }
}

test.each(['check', 'update'] as const)(
  'when systemd reads the units of a timed %s then it finds nothing wrong',
  (work) => {
    const dir = mkdtempSync(join(tmpdir(), 'belay-verify-'))
    try {
      const files = [join(dir, `belay-${work}.service`), join(dir, `belay-${work}.timer`)] as const
      writeFileSync(files[0], serviceText(job(work), { scope: 'system', environmentFile: '/etc/belay/environment' }))
      writeFileSync(files[1], timerText(job(work)))
      const verify = () =>
        execFileSync('systemd-analyze', ['--man=no', 'verify', ...files], { encoding: 'utf8', stdio: 'pipe' })
      expect(verify()).toBe('')
      writeFileSync(files[1], timerText(job(work)).replace(/OnCalendar=.*/, 'OnCalendar=25:00'))
      expect(verify).toThrow('25:00')
    } finally {
      rmSync(dir, { recursive: true })
    }
  },
)

test('when systemd reads the unit of the agent then it finds nothing wrong', () => {
  const dir = mkdtempSync(join(tmpdir(), 'belay-verify-'))
  try {
    const { argv, environment, failureFile } = job('check')
    const agent: AgentJob = { work: 'agent', argv, reload: [argv[0], 'reload'], environment, failureFile }
    const file = join(dir, 'belay-agent.service')
    for (const scope of ['system', 'user'] as const) {
      writeFileSync(file, serviceText(agent, { scope, environmentFile: '/etc/belay/environment' }))
      const said = execFileSync('systemd-analyze', ['--man=no', 'verify', file], { encoding: 'utf8', stdio: 'pipe' })
      expect(said).toBe('')
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
})
