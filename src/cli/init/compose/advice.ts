import { parseReference } from '../../../core/image/reference.ts'
import { windowFault } from '../../../core/policy/window.ts'
import type { ComposeService } from './read.ts'

export type Auto = 'none' | 'patch' | 'minor' | 'all'

/** Something to write, and the reason that stands beside it. */
export interface Reasoned<T> {
  readonly value: T
  readonly why: string
}

export interface Schedule {
  /** A duration or a cron line, as `check.every` takes it. */
  readonly every: string
  /** When what is found is installed; null: whenever it is found. */
  readonly window: { readonly cron: string; readonly timezone: string | null } | null
  readonly why: string
}

/** What a tool that a person comes from says about one service. */
export interface Advice {
  readonly tool: string
  /** Why it never touched the service; null: it did. */
  readonly leaves: string | null
  readonly auto: Reasoned<Auto>
  /** It followed the very tag, whatever the tag says: a version that is written out never moved. */
  readonly followsTag: boolean
  readonly schedule: Schedule | null
  readonly hold: readonly Reasoned<string>[]
  /** Containers or services that are to be updated before. */
  readonly after: readonly string[]
  readonly stopGrace: Reasoned<string> | null
  readonly notes: readonly string[]
}

/** A tool's own service, and what of its settings has no counterpart. */
export interface ToolNotes {
  readonly service: string
  readonly tool: string
  /** What to do with the service itself. */
  readonly advice: string
  readonly notes: readonly string[]
}

export function isTrue(text: string | undefined): boolean {
  return /^(?:true|t|1|yes)$/i.test(text?.trim() ?? '')
}

export function isFalse(text: string | undefined): boolean {
  return /^(?:false|f|0|no)$/i.test(text?.trim() ?? '')
}

/** The last part of an image's name, without tag: `ghcr.io/o/app:1` → `app`. */
export function imageName({ image }: Pick<ComposeService, 'image'>): string {
  return image === null ? '' : (parseReference(image)?.repository.split('/').at(-1) ?? '')
}

/** Labels that begin so, without that beginning. */
export function labelsUnder(
  { labels }: Pick<ComposeService, 'labels'>,
  prefixes: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of labels) {
    const prefix = prefixes.find((each) => key.startsWith(each))
    if (prefix !== undefined) found.set(key.slice(prefix.length), value)
  }
  return found
}

/** 86400 → 24h. */
export function durationOf(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

const shortcuts: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/**
 * A cron line of five fields, or a duration, of what the cron libraries of Go read: a first field for seconds, `?`, and
 * `@daily` or `@every 6h`. null: it cannot be said.
 */
export function cronOf(
  text: string,
  withSeconds: boolean,
): { readonly cron: string } | { readonly every: string } | null {
  const trimmed = text.trim()
  const every = /^@every\s+(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(trimmed)
  if (every !== null) {
    const [, h = '0', m = '0', s = '0'] = every
    const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s)
    return seconds > 0 ? { every: durationOf(seconds) } : null
  }
  const fields = (shortcuts[trimmed] === undefined ? trimmed : `0 ${shortcuts[trimmed]}`)
    .replaceAll('?', '*')
    .split(/\s+/)
  const five = shortcuts[trimmed] !== undefined || withSeconds || fields.length === 6 ? fields.slice(1) : fields
  // The weekday may be left out.
  const cron = (five.length === 4 ? [...five, '*'] : five).join(' ')
  return five.length < 4 || five.length > 5 || windowFault({ cron, durationMs: 0, timezone: null }) !== null
    ? null
    : { cron }
}

/** null: it is none that this host knows. */
export function timezoneOf(text: string | undefined): string | null {
  const timezone = text?.trim() ?? ''
  if (timezone === '') return null
  return windowFault({ cron: '0 0 * * *', durationMs: 0, timezone }) === null ? timezone : null
}
