import type { ServiceWork } from '../../ports/schedule.ts'
import { fail } from '../../core/model/problem.ts'
import { type Trigger, type TriggerDays, triggers } from '../../core/schedule/triggers.ts'
import { checkSeconds, describe, type Job, jobName, type TimedJob } from './job.ts'
import { marked } from './mark.ts'
import { xmlComment, xmlText } from './xml.ts'

/** As `DOMAIN\user`; null: the system itself, as an administrator installs it. */
export type TaskUser = string | null

const weekdays: readonly string[] = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

export function taskName(job: { readonly work: ServiceWork }): string {
  return `\\Belay\\${jobName(job)}`
}

/**
 * A task in the schema of version 1.2. No window opens: neither the system's account (S-1-5-18) nor S4U has a desktop
 * where one could be seen, which `InteractiveToken` would have. (`Hidden` hides the task in the list, not a window.)
 */
export function taskText(job: Job, user: TaskUser): string {
  const [program, ...words] = job.argv
  const lines = [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    `    <Description>${xmlText(describe(job))}</Description>`,
    `    <URI>${xmlText(taskName(job))}</URI>`,
    '  </RegistrationInfo>',
    '  <Triggers>',
    ...(job.work === 'agent' ? startLines(user) : timedLines(job)),
    '  </Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    ...principalLines(user),
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    // A hard stop would cut an update in the middle; it has limits of its own.
    `    <AllowHardTerminate>${job.work === 'check'}</AllowHardTerminate>`,
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    `    <RunOnlyIfNetworkAvailable>${job.work !== 'agent'}</RunOnlyIfNetworkAvailable>`,
    '    <Enabled>true</Enabled>',
    '    <Hidden>false</Hidden>',
    `    <ExecutionTimeLimit>PT${job.work === 'check' ? checkSeconds : 0}S</ExecutionTimeLimit>`,
    '    <Priority>7</Priority>',
    ...(job.work === 'agent' ? againLines : []),
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    `      <Command>${xmlText(program)}</Command>`,
    `      <Arguments>${xmlText(words.map(windowsQuoted).join(' '))}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ]
  return marked(lines.join('\r\n'), (note) => `${xmlComment(note)}\r`, 1)
}

function timedLines(job: TimedJob): readonly string[] {
  const times = triggers(job.at)
  if (times !== null) return times.flatMap((trigger) => triggerLines(trigger, job.delaySeconds))
  throw fail('E_USAGE', `The Task Scheduler takes 48 times a day at most, and "${job.at.line}" has more.`, {
    hint: 'Choose fewer times, or an even step: "*/10 * * * *" is one entry that repeats.',
  })
}

/** Only an administrator may say that something starts with the host. */
function startLines(user: TaskUser): readonly string[] {
  if (user === null) return ['    <BootTrigger>', '      <Enabled>true</Enabled>', '    </BootTrigger>']
  return [
    '    <LogonTrigger>',
    '      <Enabled>true</Enabled>',
    `      <UserId>${xmlText(user)}</UserId>`,
    '    </LogonTrigger>',
  ]
}

const againLines: readonly string[] = [
  '    <RestartOnFailure>',
  '      <Interval>PT1M</Interval>',
  '      <Count>255</Count>',
  '    </RestartOnFailure>',
]

function principalLines(user: TaskUser): readonly string[] {
  if (user === null) {
    return ['      <UserId>S-1-5-18</UserId>', '      <RunLevel>HighestAvailable</RunLevel>']
  }
  return [
    `      <UserId>${xmlText(user)}</UserId>`,
    '      <LogonType>S4U</LogonType>',
    '      <RunLevel>LeastPrivilege</RunLevel>',
  ]
}

/** In the order of the published schema. The day of the boundary is any that has passed; its time is what counts. */
function triggerLines({ at, everyMinutes, days }: Trigger, delaySeconds: number): readonly string[] {
  const two = (value: number) => String(value).padStart(2, '0')
  return [
    '    <CalendarTrigger>',
    '      <Enabled>true</Enabled>',
    `      <StartBoundary>2020-01-01T${two(Math.floor(at / 60))}:${two(at % 60)}:00</StartBoundary>`,
    ...(everyMinutes === null
      ? []
      : [
          '      <Repetition>',
          `        <Interval>PT${everyMinutes}M</Interval>`,
          '        <Duration>P1D</Duration>',
          '        <StopAtDurationEnd>false</StopAtDurationEnd>',
          '      </Repetition>',
        ]),
    ...(delaySeconds > 0 ? [`      <RandomDelay>PT${delaySeconds}S</RandomDelay>`] : []),
    ...dayLines(days).map((line) => `      ${line}`),
    '    </CalendarTrigger>',
  ]
}

function dayLines(days: TriggerDays): readonly string[] {
  const named = (tag: string, values: readonly number[], names: readonly string[], from: number) =>
    `<${tag}>${values.map((value) => `<${names[value - from] ?? ''} />`).join('')}</${tag}>`
  switch (days.by) {
    case 'day':
      return ['<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>']
    case 'week':
      return [
        '<ScheduleByWeek>',
        '  <WeeksInterval>1</WeeksInterval>',
        `  ${named('DaysOfWeek', days.weekdays, weekdays, 0)}`,
        '</ScheduleByWeek>',
      ]
    case 'month':
      return [
        '<ScheduleByMonth>',
        `  <DaysOfMonth>${days.days.map((day) => `<Day>${day}</Day>`).join('')}</DaysOfMonth>`,
        `  ${named('Months', days.months, months, 1)}`,
        '</ScheduleByMonth>',
      ]
    case 'month-weekday':
      return [
        '<ScheduleByMonthDayOfWeek>',
        `  <Weeks>${['1', '2', '3', '4', 'Last'].map((week) => `<Week>${week}</Week>`).join('')}</Weeks>`,
        `  ${named('DaysOfWeek', days.weekdays, weekdays, 0)}`,
        `  ${named('Months', days.months, months, 1)}`,
        '</ScheduleByMonthDayOfWeek>',
      ]
  }
}

/** As CommandLineToArgvW takes words apart: backslashes count only before a quote. No shell reads it. */
export function windowsQuoted(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word
  const escaped = word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')
  return `"${escaped}"`
}
