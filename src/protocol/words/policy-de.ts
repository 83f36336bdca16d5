import { age as ageIn, duration as durationIn } from './units.ts'
import { endOf, type SimpleTimes, simpleTimes, stretches, timeOfDay } from './window.ts'
import type { PolicyFacts, ScheduleFacts } from './words.ts'

const age = (ms: number): string => ageIn(ms, 'de')
const duration = (ms: number): string => durationIn(ms, 'de')

/** `Aktualisiert von selbst · Patch- und Minor-Versionen · zwischen 02:00 und 04:00 Europe/Rome · nach 2 Tagen` */
export function policyDe({ auto, window, soakMs, minAgeMs, hold }: PolicyFacts): string {
  return [
    ...reach(auto),
    ...(window === null ? [] : [windowText(window)]),
    ...(minAgeMs > 0 ? [`nach ${age(minAgeMs)}`] : []),
    ...(soakMs > 0 ? [`${duration(soakMs)} beobachtet, bevor sie gilt`] : []),
    ...(hold.length > 0 ? [`nie ${hold.join(', ')}`] : []),
  ].join(' · ')
}

export function scheduleDe({ every }: ScheduleFacts): string {
  switch (every.kind) {
    case 'off':
      return 'wird nie von selbst geprüft'
    case 'interval':
      return `wird alle ${duration(every.ms)} geprüft`
    case 'cron': {
      const simple = simpleTimes(every.line)
      return simple === null
        ? `wird geprüft um ${every.line}`
        : `wird ${daysOf(simple) ?? 'täglich'} um ${timeOfDay(simple.at)} geprüft`
    }
  }
}

function reach(auto: PolicyFacts['auto']): readonly string[] {
  switch (auto) {
    case 'none':
      return ['Nichts wird von selbst installiert']
    case 'patch':
      return ['Aktualisiert von selbst', 'Patch-Versionen']
    case 'minor':
      return ['Aktualisiert von selbst', 'Patch- und Minor-Versionen']
    case 'all':
      return ['Aktualisiert von selbst', 'alle Versionen']
  }
}

function windowText({ cron, durationMs, timezone }: NonNullable<PolicyFacts['window']>): string {
  const zone = timezone === null ? '' : ` ${timezone}`
  const simple = simpleTimes(cron)
  if (simple === null) return `ab ${cron}${zone}, für ${duration(durationMs)}`
  const [from, until] = [timeOfDay(simple.at), endOf(simple, durationMs)]
  const times =
    until === null ? `ab ${from}${zone}, für ${duration(durationMs)}` : `zwischen ${from} und ${until}${zone}`
  return [daysOf(simple) ?? [], times].flat().join(' ')
}

const week = ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag'] as const

/** null: every day. */
function daysOf({ weekdays }: SimpleTimes): string | null {
  if (weekdays === null) return null
  const parts = stretches(weekdays).map(([first, last]) =>
    first === last ? `${(week[first] ?? '').toLowerCase()}s` : `${week[first]} bis ${week[last]}`,
  )
  return parts.join(', ')
}
