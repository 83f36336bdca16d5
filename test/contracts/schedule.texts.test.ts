// needs: python
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseCron } from '../../src/core/schedule/cron.ts'
import { cronFileText } from '../../src/host/schedule/cron-text.ts'
import type { Job } from '../../src/host/schedule/job.ts'
import { launchdText } from '../../src/host/schedule/launchd-text.ts'
import { taskText } from '../../src/host/schedule/schtasks-text.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "belay it's 5% -- "))
})
afterEach(() => rmSync(dir, { recursive: true }))

function job(argv: Job['argv'], line = '30 2,14 * * *'): Job {
  const result = parseCron(line)
  if (!('schedule' in result)) throw new Error(result.fault)
  const failureFile = join(dir, 'last & least.txt')
  return { work: 'check', argv, environment: { HOME: '/ho & me' }, at: result.schedule, delaySeconds: 600, failureFile }
}

function python(program: string, input: string | Buffer): unknown {
  return JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }))
}

test('when the property list is read by a parser of property lists then it says what was meant', () => {
  const argv: Job['argv'] = ['/opt/a & <b>/node', 'it"s', 'ünïcode']
  const read = python(
    'import plistlib,sys,json; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))',
    launchdText(job(argv)),
  )
  expect(read).toEqual({
    Label: 'belay.check',
    ProgramArguments: argv,
    EnvironmentVariables: { HOME: '/ho & me' },
    StartCalendarInterval: [
      { Hour: 2, Minute: 30 },
      { Hour: 14, Minute: 30 },
    ],
    WorkingDirectory: '/',
    Umask: 0o22,
    ProcessType: 'Background',
    ExitTimeOut: 300,
    AbandonProcessGroup: true,
    StandardOutPath: join(dir, 'last & least.txt'),
    StandardErrorPath: join(dir, 'last & least.txt'),
  })
})

/** Tags in their order, with the text of the leaves. */
const outline = `
import sys,json,xml.etree.ElementTree as e
def read(n):
    kids=[read(k) for k in n]
    return [n.tag.split('}')[1], kids if kids else n.text]
print(json.dumps(read(e.fromstring(sys.stdin.buffer.read()))))`

test('when the task is read by an XML parser then its parts are in the order of the published schema', () => {
  const argv: Job['argv'] = ['C:\\Program Files\\a & b\\node.exe', 'C:\\x y\\start.mjs', '--state', 'C:\\R&D', 'check']
  const text = taskText(job(argv, '*/20 * 1 1,6 1'), 'PC\\anna')
  // As it is written to the file: in the encoding that its first line names.
  const read = python(outline, Buffer.from(`\uFEFF${text}`, 'utf16le')) as [string, [string, unknown][]]
  expect(read[1].map(([tag]) => tag)).toEqual(['RegistrationInfo', 'Triggers', 'Principals', 'Settings', 'Actions'])
  const parts = new Map(read[1])
  const triggers = parts.get('Triggers') as [string, [string, unknown][]][]
  const common = ['Enabled', 'StartBoundary', 'Repetition', 'RandomDelay']
  expect(triggers.map(([, inner]) => inner.map(([tag]) => tag))).toEqual([
    [...common, 'ScheduleByMonth'],
    [...common, 'ScheduleByMonthDayOfWeek'],
  ])
  expect(parts.get('Actions')).toEqual([
    [
      'Exec',
      [
        ['Command', 'C:\\Program Files\\a & b\\node.exe'],
        ['Arguments', '"C:\\x y\\start.mjs" --state C:\\R&D check'],
      ],
    ],
  ])
})

/** What cron hands to the shell: the line without its time and user, and `\%` as `%`. */
function asCron(text: string): { readonly code: number | null; readonly shown: string } {
  const command = (text.trimEnd().split('\n').at(-1) ?? '').split(' ').slice(6).join(' ').replaceAll('\\%', '%')
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' })
  return { code: status, shown: stdout + stderr }
}

test.each([
  [0, ''],
  [10, ''],
  [1, 'out\nno 5%\n'],
])('when cron runs a check that ends with %i then its words are kept and shown only if it failed', (code, words) => {
  const script = `console.log('out');console.error('no 5%');process.exit(${code})`
  const made = job([process.execPath, '-e', script])
  expect(asCron(cronFileText(made)).shown).toBe(words)
  expect(existsSync(made.failureFile)).toBe(code === 1)
  if (code === 1) expect(readFileSync(made.failureFile, 'utf8')).toBe(words)
})
