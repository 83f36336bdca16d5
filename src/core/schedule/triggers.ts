import { type CronSchedule, daysCome, timesOfDay } from './cron.ts'

/** The days of a CalendarTrigger of the Windows Task Scheduler, which has four ways to say them. */
export type TriggerDays =
  | { readonly by: 'day' }
  | { readonly by: 'week'; readonly weekdays: readonly number[] }
  | { readonly by: 'month'; readonly days: readonly number[]; readonly months: readonly number[] }
  | { readonly by: 'month-weekday'; readonly weekdays: readonly number[]; readonly months: readonly number[] }

/** `at`: minutes since midnight. `everyMinutes`: again and again until the day is over; null: once. */
export interface Trigger {
  readonly at: number
  readonly everyMinutes: number | null
  readonly days: TriggerDays
}

const dayMinutes = 24 * 60
const allMonths: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
const allDays: readonly number[] = Array.from({ length: 31 }, (_, index) => index + 1)

/** The same times as the Task Scheduler says them. null: more than `triggersMax`, of which it takes 48. */
export function triggers(schedule: CronSchedule, triggersMax = 48): readonly Trigger[] | null {
  const found = waysOf(schedule).flatMap((days) => timesTriggers(timesOfDay(schedule), days))
  return found.length > triggersMax ? null : found
}

function waysOf(schedule: CronSchedule): readonly TriggerDays[] {
  const { days, weekdays, months } = schedule
  const byWeekday: readonly TriggerDays[] =
    weekdays === null ? [] : [months === null ? { by: 'week', weekdays } : { by: 'month-weekday', weekdays, months }]
  if (weekdays !== null && (days === null || !daysCome(schedule))) return byWeekday
  const byDay: TriggerDays =
    days === null && months === null
      ? { by: 'day' }
      : { by: 'month', days: days ?? allDays, months: months ?? allMonths }
  return [byDay, ...byWeekday]
}

/** Times that lie evenly over the whole day are one trigger that repeats; all others are one each. */
function timesTriggers(times: readonly number[], days: TriggerDays): readonly Trigger[] {
  const [first = 0] = times
  const every = dayMinutes / times.length
  const even = times.length > 1 && times.every((time, index) => time === first + index * every)
  if (even) return [{ at: first, everyMinutes: every, days }]
  return times.map((at) => ({ at, everyMinutes: null, days }))
}
