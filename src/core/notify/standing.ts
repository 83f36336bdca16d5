import type { HoldReason } from '../model/release.ts'
import type { SingleEvent, Trouble } from './event.ts'

/** Of the last check of a component, what matters here. */
export interface LastCheck {
  readonly current: string | null
  readonly latest: string | null
  readonly update_available: boolean
  readonly release_notes: string | null
  readonly release_url?: string
  /** ISO 8601; null: its source never answered. */
  readonly last_checked: string | null
  readonly held: HoldReason | null
  readonly error: Trouble | null
}

/** An event and the name under which it is told once. */
export interface Telling {
  readonly key: string
  readonly event: SingleEvent
}

/**
 * What the last check found, for as long as it holds. `lastRunEnded`: when the last run of the component ended, milliseconds;
 * what was found before it may have been installed by it, so it is not told.
 */
export function offerOf(component: string, check: LastCheck, lastRunEnded: number | null): Telling | null {
  const { current, latest, held, error } = check
  if (error !== null || !check.update_available || latest === null) return null
  if (lastRunEnded !== null && !(Date.parse(check.last_checked ?? '') > lastRunEnded)) return null
  const facts = { component, from: current, to: latest, notes: check.release_notes, url: check.release_url ?? null }
  if (held === null) return { key: `offer ${component} ${latest}`, event: { kind: 'update_available', ...facts } }
  return { key: `held ${component} ${latest} ${held.kind}`, event: { kind: 'held', by: held, ...facts } }
}

const dayMs = 86_400_000

/**
 * A source that has not answered for long. Told once for each silence: its name ends with the beginning of the silence.
 * `firstFailed`: when that was, milliseconds, for one that never answered.
 */
export function silenceOf(
  component: string,
  { error, last_checked }: LastCheck,
  { firstFailed, afterMs, now }: { readonly firstFailed: number; readonly afterMs: number; readonly now: number },
): Telling | null {
  if (error === null) return null
  const begun = last_checked === null ? firstFailed : Date.parse(last_checked)
  if (!(now - begun >= afterMs)) return null
  const { code, message, hint } = error
  const since = new Date(begun).toISOString()
  const days = Math.floor((now - begun) / dayMs)
  const problem = { code, message, hint }
  return { key: `silence ${component} ${since}`, event: { kind: 'check_failing', component, since, days, problem } }
}
