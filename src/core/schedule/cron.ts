/**
 * The cron lines that every program of that name reads alike: five fields of numbers, names, `*`, lists, ranges and
 * steps. Where two of them are known to disagree, the line is refused: what a host does at night must not depend on it.
 */
export interface CronSchedule {
  /** The five fields, as a crontab takes them: nothing else can be in it. */
  readonly line: string
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** null: every one, as `*` says it. */
  readonly days: readonly number[] | null
  /** 1 to 12. */
  readonly months: readonly number[] | null
  /** 0 to 6 from Sunday. With `days` too, either is enough. */
  readonly weekdays: readonly number[] | null
}

export type CronResult = { readonly schedule: CronSchedule } | { readonly fault: string; readonly hint: string }

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Three letters each, from `min` on. */
  readonly words: readonly string[]
}

const months: readonly string[] = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const fields = {
  minute: { name: 'minute', min: 0, max: 59, words: [] },
  hour: { name: 'hour', min: 0, max: 23, words: [] },
  day: { name: 'day', min: 1, max: 31, words: [] },
  month: { name: 'month', min: 1, max: 12, words: months },
  // Sunday is 0 and 7.
  weekday: { name: 'weekday', min: 0, max: 7, words: weekdays },
} as const satisfies Readonly<Record<string, Field>>

const lineCharsMax = 200
const example = 'Write minute, hour, day, month and weekday: "0 3 * * *" is three in the morning, every day.'

class Fault extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

export function parseCron(text: string): CronResult {
  try {
    return { schedule: scheduleOf(text.trim()) }
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message, hint: error.hint }
    throw error
  }
}

function scheduleOf(text: string): CronSchedule {
  const line = nicknames[text.toLowerCase()] ?? text
  const words = line.split(/[ \t]+/)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = words
  if (line.length > lineCharsMax || words.length !== 5) {
    const seconds = words.length === 6 ? 'it has six fields, and seconds are none of them' : 'it has not five fields'
    throw new Fault(line.startsWith('@') ? `"${text.slice(0, 40)}" has no time of its own` : seconds, example)
  }
  const schedule = {
    line: words.join(' '),
    minutes: valuesOf(minute, fields.minute),
    hours: valuesOf(hour, fields.hour),
    days: restricted(day, fields.day),
    months: restricted(month, fields.month),
    weekdays: restricted(weekday, fields.weekday),
  }
  refuseDisagreement(day, weekday)
  if (schedule.minutes.length === 60 && schedule.hours.length < 24) throw everyMinute(schedule)
  if (!comes(schedule)) throw new Fault('that day never comes', 'Choose a day that the month has.')
  return schedule
}

// H8: "* */6 * * *" was meant to be every six hours.
function everyMinute({ line, hours }: CronSchedule): Fault {
  const meant = line.replace(/^\S+/, '0')
  return new Fault(
    `it fires every minute of ${hours.length} ${hours.length === 1 ? 'hour' : 'hours'}: ${60 * hours.length} times a day`,
    `Write "${meant}" for once in each of them.`,
  )
}

/** Some take a step over all days for all of them when they look whether day and weekday exclude each other. */
function refuseDisagreement(day: string, weekday: string): void {
  const stepped = (text: string) => text.includes('*') && text !== '*'
  if (!(stepped(day) && weekday !== '*') && !(stepped(weekday) && day !== '*')) return
  throw new Fault(
    `day "${day}" with weekday "${weekday}" means one thing to one program and another to the next`,
    'Write the days or the weekdays as a list, or one of the two as *.',
  )
}

function restricted(text: string, field: Field): readonly number[] | null {
  const values = valuesOf(text, field)
  return text.startsWith('*') && values.length > field.max - field.min - (field.max === 7 ? 1 : 0) ? null : values
}

function valuesOf(text: string, field: Field): readonly number[] {
  const found = new Set<number>()
  for (const part of text.split(',')) for (const value of partOf(part, field)) found.add(value)
  return [...found].toSorted((a, b) => a - b)
}

const partPattern = /^(?:(\*)|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:\/(\d{1,2}))?$/i

function partOf(part: string, field: Field): readonly number[] {
  const match = partPattern.exec(part)
  if (match === null) throw new Fault(`"${part}" is no ${field.name}`, example)
  const [, star, first = '', last, step] = match
  const from = star === undefined ? numberOf(first, field) : field.min
  // `*` must not name Sunday twice: a step would reach it from both ends.
  const to = star !== undefined ? Math.min(field.max, field.max === 7 ? 6 : 59) : numberOf(last ?? first, field)
  const by = step === undefined ? 1 : Number(step)
  if (star === undefined && last === undefined && step !== undefined) {
    throw new Fault(`"${part}" has a step and no range`, `Write "${first}-${field.max}/${step}".`)
  }
  if (from > to) throw new Fault(`"${part}" ends before it begins`, 'Write it as two: "22-23,0-5".')
  if (by < 1 || by > field.max) throw new Fault(`"${part}" is no step of the ${field.name}`, example)
  const values: number[] = []
  for (let value = from; value <= to; value += by) values.push(field.max === 7 ? value % 7 : value)
  return values
}

function numberOf(word: string, field: Field): number {
  const named = field.words.indexOf(word.toLowerCase())
  const value = named >= 0 ? named + field.min : /^\d+$/.test(word) ? Number(word) : Number.NaN
  if (value >= field.min && value <= field.max) return value
  throw new Fault(`"${word}" is no ${field.name}: ${field.min} to ${field.max}`, example)
}

const daysOfMonth: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether one of these days is in one of these months at all. */
export function daysCome({ days, months: on }: Pick<CronSchedule, 'days' | 'months'>): boolean {
  const longest = Math.max(...(on ?? [1]).map((month) => daysOfMonth[month - 1] ?? 31))
  return days === null || days.some((day) => day <= longest)
}

function comes(schedule: CronSchedule): boolean {
  return schedule.weekdays !== null || daysCome(schedule)
}

/** On a day on which it fires. */
export function timesPerDay({ minutes, hours }: CronSchedule): number {
  return minutes.length * hours.length
}

/** Minutes since midnight, in order. */
export function timesOfDay({ minutes, hours }: CronSchedule): readonly number[] {
  return hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute))
}

/** Minutes between two firings that are nearest to each other. */
export function shortestGap(schedule: CronSchedule): number {
  const times = timesOfDay(schedule)
  const gaps = times.map((time, index) => (times[index + 1] ?? (times[0] ?? 0) + 24 * 60) - time)
  return Math.min(...gaps)
}
