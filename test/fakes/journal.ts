import { type Facts, problem, type Problem } from '../../src/core/model/problem.ts'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Entry, Recorded, Verb } from '../../src/core/run/entry.ts'

export const openedAt = 1_000_000

/** What a journal holds: the plan, then these entries, all at one instant; a number moves the clock by so many ms. */
export function journalOf(plan: Plan, ...said: readonly (Entry | number)[]): readonly Recorded[] {
  let at = openedAt
  const entries: Recorded[] = []
  for (const one of [{ t: 'opened', plan } as const, ...said]) {
    if (typeof one === 'number') at += one
    else entries.push({ v: 1, seq: entries.length, at, boot: 'one', entry: one })
  }
  return entries
}

export const intent = (step: number): Entry => ({ t: 'intent', step })
export const done = (step: number, note?: Facts): Entry =>
  note === undefined ? { t: 'done', step } : { t: 'done', step, note }
export const undone = (step: number): Entry => ({ t: 'undone', step })
export const resumed: Entry = { t: 'resumed' }
export const cancel: Entry = { t: 'cancel' }

export function failed(step: number, verb: Verb = 'apply', code: ProblemCode = 'E_IO'): Entry {
  return { t: 'failed', step, verb, problem: problem(code, `step ${step} refuses`) }
}

export function closed(outcome: Extract<Entry, { t: 'closed' }>['outcome'], why: Problem | null = null): Entry {
  return { t: 'closed', outcome, problem: why }
}

/** Steps 0 to `last`, each begun and done. */
export function doneTo(last: number): readonly Entry[] {
  return Array.from({ length: last + 1 }, (_, step) => [intent(step), done(step)]).flat()
}
