import { type CronSchedule, daysCome } from './cron.ts'

/** One entry of launchd's StartCalendarInterval: what it does not name, is any. */
export type Interval = Readonly<Partial<Record<'Month' | 'Day' | 'Weekday' | 'Hour' | 'Minute', number>>>

type Restriction = readonly [keyof Interval, readonly number[]]

/**
 * The same times as launchd counts them: it knows no lists, so there is an entry for each of them. null: more than
 * `entriesMax`.
 */
export function intervals(schedule: CronSchedule, entriesMax: number): readonly Interval[] | null {
  const { days, weekdays, months, hours, minutes } = schedule
  const inMonths: readonly Restriction[] = months === null ? [] : [['Month', months]]
  const times: Restriction[] = [
    ...(hours.length === 24 ? [] : [['Hour', hours] as const]),
    ...(minutes.length === 60 ? [] : [['Minute', minutes] as const]),
  ]
  const byDay: readonly Restriction[] = days === null ? [] : [['Day', days]]
  const byWeekday: readonly (readonly Restriction[])[] = weekdays === null ? [] : [[['Weekday', weekdays]]]
  const ways = weekdays !== null && (days === null || !daysCome(schedule)) ? byWeekday : [byDay, ...byWeekday]
  const sizes = ways.map((way) => [...inMonths, ...way, ...times].reduce((size, [, values]) => size * values.length, 1))
  if (sizes.reduce((sum, size) => sum + size, 0) > entriesMax) return null
  return ways.flatMap((way) => product([...inMonths, ...way, ...times]))
}

function product(restrictions: readonly Restriction[]): readonly Interval[] {
  return restrictions.reduce<readonly Interval[]>(
    (found, [key, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  )
}
