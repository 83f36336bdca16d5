import type { Language } from '../messages/render.ts'

/** English where nothing is said: logs and lines for programs are. */
const usual: Language = 'en'

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** 84 kB, 2.1 MB, 18 GB: decimal, two digits where the first one says little. */
export function bytes(count: number, language = usual): string {
  let value = count
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${fixed(value, digits, language)} ${byteUnits[unit] ?? 'PB'}`
}

function fixed(value: number, digits: number, language: Language): string {
  const text = value.toFixed(digits)
  return language === 'de' ? text.replace('.', ',') : text
}

/** 1,240 */
export function count(value: number, language = usual): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, language === 'de' ? '.' : ',')
}

/** 12 ms, 1.4 s, 63 s, 3 min 4 s, 2 h 5 min. */
export function duration(ms: number, language = usual): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 9950) return `${fixed(ms / 1000, 1, language)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

const dayMs = 86_400_000

/** `2 days`, where it is whole days. */
export function age(ms: number, language = usual): string {
  const days = ms / dayMs
  if (days < 1 || !Number.isInteger(days)) return duration(ms, language)
  if (language === 'de') return `${days} ${spansDe.day[days === 1 ? 0 : 1]}`
  return days === 1 ? '1 day' : `${days} days`
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}

const spans: readonly (readonly [Span, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

type Span = 'year' | 'month' | 'day' | 'hour' | 'minute'

/** One and several, as they stand after "vor" and "in". */
const spansDe: Readonly<Record<Span, readonly [string, string]>> = {
  year: ['Jahr', 'Jahren'],
  month: ['Monat', 'Monaten'],
  day: ['Tag', 'Tagen'],
  hour: ['Stunde', 'Stunden'],
  minute: ['Minute', 'Minuten'],
}

/** "3 days ago", "in 2 hours", "just now"; the text itself when it is no date. */
export function ago(iso: string, now: number, language = usual): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  const seconds = Math.round(Math.abs(now - at) / 1000)
  const span = spans.find(([, size]) => seconds >= size)
  if (span === undefined) return language === 'de' ? 'gerade eben' : 'just now'
  const count = Math.floor(seconds / span[1])
  if (language === 'de') return `${at <= now ? 'vor' : 'in'} ${count} ${spansDe[span[0]][count === 1 ? 0 : 1]}`
  const words = `${count} ${span[0]}${count === 1 ? '' : 's'}`
  return at <= now ? `${words} ago` : `in ${words}`
}

const two = (value: number) => String(value).padStart(2, '0')

/** 12:03:04 on the reader's clock. */
export function clock(ms: number): string {
  const at = new Date(ms)
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** 2026-11-20 12:03 on the reader's clock; the text itself when it is no date. */
export function moment(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** `2026-11-20 11:56 UTC`: readers may be anywhere; the text itself when it is no date. */
export function momentUtc(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
