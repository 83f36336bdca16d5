import type { PlanView, RunProgress, RunStep } from '../../api/types.ts'

export type PlanStep = PlanView['steps'][number]
export type StepState = RunStep['state']

/** What a person sees as one step: neighbours of one group. */
export interface Row<S extends PlanStep> {
  readonly group: number
  readonly title: string
  readonly when: PlanStep['when']
  /** Each once, in order. */
  readonly details: readonly string[]
  readonly steps: readonly S[]
  /** The last of those that belong to the commit: what comes after only goes forward. */
  readonly commits: boolean
}

export function rowsOf<S extends PlanStep>(steps: readonly S[], commitAfter: number): readonly Row<S>[] {
  const rows: Row<S>[] = []
  for (const step of steps) {
    const last = rows.at(-1)
    const commits = step.index === commitAfter
    if (last === undefined || last.group !== step.group) {
      const { group, title, when } = step
      rows.push({ group, title, when, details: detailsOf([step]), steps: [step], commits })
    } else {
      const joined = [...last.steps, step]
      rows[rows.length - 1] = { ...last, details: detailsOf(joined), steps: joined, commits: last.commits || commits }
    }
  }
  return rows
}

function detailsOf(steps: readonly PlanStep[]): readonly string[] {
  return [...new Set(steps.map(({ detail }) => detail).filter((detail) => detail !== ''))]
}

/** Rows that happen while the service is in the same state stand together. One that is never stopped runs all the while. */
export interface Section<S extends PlanStep> {
  readonly when: PlanStep['when']
  readonly rows: readonly Row<S>[]
}

export function sectionsOf<S extends PlanStep>(rows: readonly Row<S>[]): readonly Section<S>[] {
  if (rows.length > 0 && rows.every(({ when }) => when !== 'down')) return [{ when: 'running', rows }]
  const sections: Section<S>[] = []
  for (const row of rows) {
    const last = sections.at(-1)
    if (last?.when === row.when) sections[sections.length - 1] = { ...last, rows: [...last.rows, row] }
    else sections.push({ when: row.when, rows: [row] })
  }
  return sections
}

/** What has no effect of its own has nothing that could be put back. */
const looksOnly: ReadonlySet<string> = new Set(['check', 'sync', 'backup', 'manifest'])

/** How a step is shown: the one that failed stays the one that failed, also once its effects are put back. */
export function shownState({ kind, state, problem }: Pick<RunStep, 'kind' | 'state' | 'problem'>): StepState {
  if (problem !== null && state !== 'done') return state === 'running' ? 'running' : 'failed'
  return state === 'undone' && looksOnly.has(kind) ? 'done' : state
}

/** Under way as soon as one of its steps is, and between two of them. */
export function rowState(steps: readonly Pick<RunStep, 'kind' | 'state' | 'problem'>[]): StepState {
  const states = new Set(steps.map(shownState))
  if (states.has('failed')) return 'failed'
  if (states.has('running')) return 'running'
  const only = (...allowed: readonly StepState[]): boolean => [...states].every((state) => allowed.includes(state))
  if (only('pending')) return 'pending'
  if (only('skipped')) return 'skipped'
  if (only('done', 'skipped')) return 'done'
  // What only looks, and what was never reached, needs no undoing.
  const isBack = steps.every(({ kind, state }) => looksOnly.has(kind) || state !== 'done')
  return states.has('undone') && isBack ? 'undone' : 'running'
}

/** The part of a step that is done, from 0 to 1; null: not known. */
export function partDone({ done_bytes, total_bytes }: RunProgress): number | null {
  return total_bytes === null || total_bytes <= 0 ? null : Math.min(1, done_bytes / total_bytes)
}
