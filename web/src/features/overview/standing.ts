import type { ComponentView } from '../../api/types.ts'

/**
 * How a component stands, the most pressing first: `stuck` and `left` (a run that nobody works on) need a person, as
 * `trouble` does; `busy`: a run goes on; `offer`: a newer version can be installed; `unknown`: it could not be told.
 */
export const standings = ['stuck', 'left', 'trouble', 'busy', 'offer', 'unknown', 'good'] as const
export type Standing = (typeof standings)[number]

export function standingOf(component: ComponentView): Standing {
  if (component.busy_run !== null) return 'busy'
  if (component.unfinished !== null) return component.unfinished.phase === 'stuck' ? 'stuck' : 'left'
  if (component.health === 'trouble' || component.problem !== null) return 'trouble'
  if (component.update_available && component.available !== null) return 'offer'
  return isNewest(component) || component.relation !== 'unknown' ? 'good' : 'unknown'
}

/** The run in which what is offered was tried here, and taken back; null: it was not. */
export function failedTry({
  update_available: offered,
  available,
  held,
  last_run: last,
}: ComponentView): string | null {
  if (offered && held?.kind === 'failed-before') return held.run
  if (!offered || last === null || last.action !== 'update' || last.to !== available) return null
  return last.outcome === 'rolled-back' ? last.run : null
}

/** Nothing newer is published. The relation is that of the last check, and an update may have come since. */
export function isNewest({ installed, available, relation }: ComponentView): boolean {
  return installed !== null && (available === installed || (available === null && relation === 'current'))
}

export function needsPerson(standing: Standing): boolean {
  return standing === 'stuck' || standing === 'left' || standing === 'trouble'
}

/** What needs somebody first, then by name. */
export function inOrder(components: readonly ComponentView[]): readonly ComponentView[] {
  const rank = (component: ComponentView): number => standings.indexOf(standingOf(component))
  return components.toSorted((a, b) => rank(a) - rank(b) || a.component.localeCompare(b.component))
}

export interface Summary {
  readonly trouble: number
  readonly offers: number
  readonly unknown: number
  /** ISO 8601: the oldest check; null: there was none. One that never could be checked is told of by itself. */
  readonly checked: string | null
}

export function summarise(components: readonly ComponentView[]): Summary {
  const all = components.map(standingOf)
  const checked = components.map(({ last_checked: at }) => at).filter((at) => at !== null)
  return {
    trouble: all.filter(needsPerson).length,
    offers: components.filter(({ update_available: offered }) => offered).length,
    unknown: all.filter((standing) => standing === 'unknown').length,
    checked: checked.toSorted(byTime)[0] ?? null,
  }
}

function byTime(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b)
}
