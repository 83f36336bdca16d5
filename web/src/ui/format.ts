import type { Language } from '../i18n/language.ts'

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** `2.1 MB`; `2,1 MB` in German. Decimal, as disks and downloads are sold. */
export function formatBytes(bytes: number, language: Language): string {
  const power = bytes < 1000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: byteUnits[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value)
}

/** `0.3 s`, `42 s`, `2 min 5 s`, `1 h 4 min`, `3 d 2 h`. The symbols are the same in both languages. */
export function formatDuration(ms: number, language: Language): string {
  const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  if (ms < 9950) return `${tenths.format(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return inTwo(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  return minutes < 24 * 60 ? inTwo(minutes, 60, 'h', 'min') : inTwo(Math.round(minutes / 60), 24, 'd', 'h')
}

function inTwo(count: number, size: number, large: string, small: string): string {
  const rest = count % size
  return `${Math.floor(count / size)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}

const agoSteps = [
  { unit: 'second', seconds: 1, below: 60 },
  { unit: 'minute', seconds: 60, below: 3600 },
  { unit: 'hour', seconds: 3600, below: 86_400 },
  { unit: 'day', seconds: 86_400, below: 86_400 * 30 },
  { unit: 'month', seconds: 86_400 * 30.44, below: 86_400 * 365 },
  { unit: 'year', seconds: 86_400 * 365.25, below: Number.POSITIVE_INFINITY },
] as const

/** `4 minutes ago`, `in 2 hours`; less than ten seconds away: `now`. */
export function formatAgo(atMs: number, nowMs: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const seconds = (atMs - nowMs) / 1000
  const away = Math.abs(seconds)
  if (away < 10) return format.format(0, 'second')
  const step = agoSteps.find(({ below }) => away < below) ?? agoSteps[5]
  return format.format(Math.trunc(seconds / step.seconds), step.unit)
}

/** Date, time and zone, as exact as a person needs it. */
export function formatExact(atMs: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'long',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(atMs)
}
