import { Cron } from 'croner'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onCalendar } from './calendar.ts'
import { type CronSchedule, parseCron } from './cron.ts'
import { type Interval, intervals } from './intervals.ts'
import { cronLines } from '../../../test/fakes/cron-lines.ts'
import { type Trigger, triggers } from './triggers.ts'

const scheduleOf = (line: string): CronSchedule => {
  const result = parseCron(line)
  if ('schedule' in result) return result.schedule
  throw new Error(`${line}: ${result.fault}`)
}

const start = Date.UTC(2026, 0, 1)
const dayMs = 24 * 60 * 60_000

/** The first 100 moments after `start` as another program counts them, as far as `daysMax` days reach. */
function croner(line: string, until: number): readonly number[] {
  const cron = new Cron(line, { paused: true, timezone: 'UTC' })
  return cron
    .nextRuns(100, new Date(start - 1))
    .map((date) => date.getTime())
    .filter((time) => time < until)
}

/** What a scheduler that takes these rules would do, day by day. */
function days(rule: (date: Date) => readonly number[], until: number): readonly number[] {
  const found: number[] = []
  for (let day = start; day < until && found.length < 100; day += dayMs) {
    const minutes = new Set(rule(new Date(day)))
    found.push(...[...minutes].toSorted((a, b) => a - b).map((minute) => day + minute * 60_000))
  }
  return found.slice(0, 100)
}

function byInterval(entries: readonly Interval[]): (date: Date) => readonly number[] {
  const all = (n: number) => Array.from({ length: n }, (_, value) => value)
  return (date) =>
    entries
      .filter(({ Month, Day, Weekday }) => {
        const dayFits = Day === undefined || Day === date.getUTCDate()
        const weekdayFits = Weekday === undefined || Weekday === date.getUTCDay()
        return (Month === undefined || Month === date.getUTCMonth() + 1) && dayFits && weekdayFits
      })
      .flatMap(({ Hour, Minute }) =>
        (Hour === undefined ? all(24) : [Hour]).flatMap((hour) =>
          (Minute === undefined ? all(60) : [Minute]).map((minute) => hour * 60 + minute),
        ),
      )
}

function byTrigger(list: readonly Trigger[]): (date: Date) => readonly number[] {
  return (date) =>
    list
      .filter(({ days: on }) => {
        const inMonth = !('months' in on) || on.months.includes(date.getUTCMonth() + 1)
        const onDay = !('days' in on) || on.days.includes(date.getUTCDate())
        return inMonth && onDay && (!('weekdays' in on) || on.weekdays.includes(date.getUTCDay()))
      })
      .flatMap(({ at, everyMinutes }) => {
        const times: number[] = []
        for (let minute = at; minute < (everyMinutes === null ? at + 1 : at + 1440); minute += everyMinutes ?? 1) {
          times.push(minute)
        }
        return times
      })
}

test('when a line is said in the words of launchd and of Windows then the next 100 times are the same', () => {
  const until = start + 800 * dayMs
  let said = 0
  fc.assert(
    fc.property(cronLines, (line) => {
      const result = parseCron(line)
      if (!('schedule' in result)) return
      const expected = croner(line, until)
      const entries = intervals(result.schedule, 2000)
      if (entries !== null) expect(days(byInterval(entries), until)).toEqual(expected)
      const list = triggers(result.schedule, 1440)
      if (list !== null) expect(days(byTrigger(list), until)).toEqual(expected)
      said += entries === null || list === null ? 0 : 1
    }),
    { numRuns: 150 },
  )
  expect(said).toBeGreaterThan(50)
})

test.each([
  ['0 3 * * *', ['*-*-* 03:00:00']],
  ['*/15 * * * *', ['*-*-* *:00,15,30,45:00']],
  ['30 2 * * 1-5', ['Mon..Fri *-*-* 02:30:00']],
  ['0 0 1,15 * 0', ['*-*-01,15 00:00:00', 'Sun *-*-* 00:00:00']],
  ['0 4-6,9 * 1-3 6,7', ['Sat..Sun *-01..03-* 04..06,09:00:00']],
  ['0 0 31 2 1', ['Mon *-02-* 00:00:00']],
])('when %s is said in the words of systemd then it is %j', (line, expected) => {
  expect(onCalendar(scheduleOf(line))).toEqual(expected)
})

test('when a line needs more entries than a program takes then there are none', () => {
  const odd = scheduleOf('1,2,4,8,16,32 0-22 * * *')
  expect([intervals(odd, 100), triggers(odd)]).toEqual([null, null])
  expect(intervals(scheduleOf('*/10 * * * *'), 100)).toHaveLength(6)
  expect(triggers(scheduleOf('*/10 * * * *'))).toEqual([{ at: 0, everyMinutes: 10, days: { by: 'day' } }])
})
