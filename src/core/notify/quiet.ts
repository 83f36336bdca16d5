/** Hours of the day in which nothing but what is urgent is sent, in minutes since midnight. `from` may be the later one. */
export interface Quiet {
  readonly from: number
  readonly to: number
  /** An IANA name; null: the host's own. */
  readonly timezone: string | null
}

const minuteMs = 60_000
const dayMinutes = 24 * 60
/** How much earlier than counted the end may come, where clocks are put forward in between. */
const shiftMinutes = 120

/** The end of the quiet hours that it is in, milliseconds since the epoch; null: it is in none. */
export function quietUntil(quiet: Quiet, now: number): number | null {
  const minuteOf = minutesIn(quiet.timezone)
  if (!isQuiet(quiet, minuteOf(now))) return null
  const startOfMinute = Math.floor(now / minuteMs) * minuteMs
  const left = (quiet.to - minuteOf(now) + dayMinutes) % dayMinutes
  let end = startOfMinute + Math.max(1, left - shiftMinutes) * minuteMs
  // Where clocks are put back the same minutes come twice, so it is asked rather than counted.
  for (let looked = 0; looked < dayMinutes && isQuiet(quiet, minuteOf(end)); looked++) end += minuteMs
  return end
}

function isQuiet({ from, to }: Quiet, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

function minutesIn(timezone: string | null): (at: number) => number {
  const zone = timezone === null ? {} : { timeZone: timezone }
  const format = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone })
  return (at) => {
    const [hour = 0, minute = 0] = format.format(at).split(':').map(Number)
    return hour * 60 + minute
  }
}
