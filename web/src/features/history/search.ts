import type { RunItem } from '../../api/types.ts'

export const outcomes = [
  'committed',
  'rolled-back',
  'failed',
  'stuck',
  'unfinished',
] as const satisfies readonly RunItem['outcome'][]

/** What the address of the history carries: so that what was filtered can be sent to somebody. */
export interface HistorySearch {
  readonly component?: string
  readonly outcome?: RunItem['outcome']
}

export function historySearch({ component, outcome }: Record<string, unknown>): HistorySearch {
  const known = outcomes.find((one) => one === outcome)
  return {
    ...(typeof component === 'string' && component !== '' ? { component } : {}),
    ...(known === undefined ? {} : { outcome: known }),
  }
}
