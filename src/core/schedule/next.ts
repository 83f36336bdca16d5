import { Cron } from 'croner'

/** The next moments of a line in this host's own time, milliseconds since the epoch. */
export function nextTimes(line: string, now: number, count: number): readonly number[] {
  return new Cron(line, { paused: true }).nextRuns(count, new Date(now)).map((date) => date.getTime())
}
