import { age, duration } from './units.ts'
import { endOf, type SimpleTimes, simpleTimes, stretches, timeOfDay } from './window.ts'
import type { PolicyFacts, ScheduleFacts } from './words.ts'

/** `Updates by itself · patch and minor versions · between 02:00 and 04:00 Europe/Rome · after 2 days` */
export function policyEn({ auto, window, soakMs, minAgeMs, hold }: PolicyFacts): string {
  return [
    ...reach(auto),
    ...(window === null ? [] : [windowText(window)]),
    ...(minAgeMs > 0 ? [`after ${age(minAgeMs)}`] : []),
    ...(soakMs > 0 ? [`watched for ${duration(soakMs)} before it counts`] : []),
    ...(hold.length > 0 ? [`never ${hold.join(', ')}`] : []),
  ].join(' · ')
}

export function scheduleEn({ every }: ScheduleFacts): string {
  switch (every.kind) {
    case 'off':
      return 'never checked by itself'
    case 'interval':
      return `checked every ${duration(every.ms)}`
    case 'cron': {
      const simple = simpleTimes(every.line)
      return simple === null
        ? `checked at ${every.line}`
        : `checked ${daysOf(simple) ?? 'every day'} at ${timeOfDay(simple.at)}`
    }
  }
}

function reach(auto: PolicyFacts['auto']): readonly string[] {
  switch (auto) {
    case 'none':
      return ['Nothing is installed by itself']
    case 'patch':
      return ['Updates by itself', 'patch versions']
    case 'minor':
      return ['Updates by itself', 'patch and minor versions']
    case 'all':
      return ['Updates by itself', 'all versions']
  }
}

function windowText({ cron, durationMs, timezone }: NonNullable<PolicyFacts['window']>): string {
  const zone = timezone === null ? '' : ` ${timezone}`
  const simple = simpleTimes(cron)
  if (simple === null) return `from ${cron}${zone}, for ${duration(durationMs)}`
  const [from, until] = [timeOfDay(simple.at), endOf(simple, durationMs)]
  const times =
    until === null ? `from ${from}${zone}, for ${duration(durationMs)}` : `between ${from} and ${until}${zone}`
  return [daysOf(simple) ?? [], times].flat().join(' ')
}

const week = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** null: every day. */
function daysOf({ weekdays }: SimpleTimes): string | null {
  if (weekdays === null) return null
  const parts = stretches(weekdays).map(([first, last]) =>
    first === last ? `on ${week[first]}s` : `${week[first]} to ${week[last]}`,
  )
  return parts.join(', ')
}
