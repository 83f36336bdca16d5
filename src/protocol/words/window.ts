import { parseCron } from '../../core/schedule/cron.ts'

/** Times of a cron line that can be said in a few words. `weekdays`: 0 to 6 from Sunday, in order; null: every day. */
export interface SimpleTimes {
  /** Minutes since midnight. */
  readonly at: number
  readonly weekdays: readonly number[] | null
}

/** null: the line says it better than words would. */
export function simpleTimes(cron: string): SimpleTimes | null {
  const parsed = parseCron(cron)
  if ('fault' in parsed) return null
  const { minutes, hours, days, months, weekdays } = parsed.schedule
  const [minute, hour] = [minutes[0], hours[0]]
  if (minute === undefined || hour === undefined || minutes.length > 1 || hours.length > 1) return null
  if (days !== null || months !== null) return null
  return { at: hour * 60 + minute, weekdays }
}

const minuteMs = 60_000
const dayMinutes = 24 * 60

/** Until when, as people read it; null: it does not end within a day, or not on a minute. */
export function endOf({ at }: SimpleTimes, durationMs: number): string | null {
  const minutes = durationMs / minuteMs
  return Number.isInteger(minutes) && minutes < dayMinutes ? timeOfDay((at + minutes) % dayMinutes) : null
}

/** `02:00` of minutes since midnight. */
export function timeOfDay(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Monday first, as people count a week: a stretch of three or more is one, the rest are named one by one. */
export function stretches(weekdays: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const week = weekdays.map((day) => (day + 6) % 7).toSorted((a, b) => a - b)
  const runs: [number, number][] = []
  for (const day of week) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === day - 1) last[1] = day
    else runs.push([day, day])
  }
  return runs.flatMap(([first, last]): [number, number][] =>
    last === first + 1
      ? [
          [first, first],
          [last, last],
        ]
      : [[first, last]],
  )
}
