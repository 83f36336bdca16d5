import { type CronSchedule, daysCome } from './cron.ts'

const names: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/**
 * The same times as systemd.time(7) writes them; several lines mean any of them. Cron takes a day of the month or a
 * weekday where both are given, systemd both at once: then there is a line for each.
 */
export function onCalendar(schedule: CronSchedule): readonly string[] {
  const { days, weekdays, months } = schedule
  const time = `${list(schedule.hours, 24)}:${list(schedule.minutes, 60)}:00`
  const month = months === null ? '*' : list(months, 12)
  const byWeekday = weekdays === null ? [] : [`${weekdaysText(weekdays)}*-${month}-* ${time}`]
  if (weekdays !== null && days === null) return byWeekday
  const byDay = `*-${month}-${days === null ? '*' : list(days, 31)} ${time}`
  return daysCome(schedule) ? [byDay, ...byWeekday] : byWeekday
}

/** All of them as `*`; three or more in a row as a range. */
function list(values: readonly number[], all: number): string {
  if (values.length === all) return '*'
  return runs(values)
    .map(([first, last]) => (first === last ? two(first) : `${two(first)}..${two(last)}`))
    .join(',')
}

function weekdaysText(values: readonly number[]): string {
  if (values.length === 7) return ''
  // From Monday on, as systemd counts, so that a weekend is one range.
  const fromMonday = values.map((day) => (day + 6) % 7).toSorted((a, b) => a - b)
  const name = (day: number) => names[(day + 1) % 7] ?? ''
  return `${runs(fromMonday)
    .map(([first, last]) => (first === last ? name(first) : `${name(first)}..${name(last)}`))
    .join(',')} `
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** `[1,2,3,5]` → `[[1,3],[5,5]]`. */
function runs(values: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  for (const value of values) {
    const open = found.at(-1)
    if (open !== undefined && open[1] === value - 1) open[1] = value
    else found.push([value, value])
  }
  return found
}
