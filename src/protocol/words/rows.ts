import type { Plan } from '../../core/plan/plan.ts'
import type { Phase, Step } from '../../core/plan/step.ts'

/** What steps do, in a word or two. */
export const labels = [
  'back up',
  'carry over',
  'check',
  'compare',
  'copy backup',
  'download',
  'drain',
  'edit',
  'fetch',
  'flush',
  'guard',
  'hold',
  'let in',
  'make folder',
  'migrate',
  'prepare',
  'pull',
  'restore',
  'safeguard',
  'soak',
  'start',
  'stop',
  'switch',
  'tag',
  'tidy up',
  'unpack',
  'verify',
  'warm up',
  'write',
] as const
export type Label = (typeof labels)[number]

/** What a person sees as one step: neighbouring steps of one purpose. `steps` index `plan.steps`, then `plan.back`. */
export interface Row {
  readonly label: Label
  readonly phase: Phase
  /** Nobody is served: from the stop to the end of the start. */
  readonly down: boolean
  readonly steps: readonly number[]
  readonly details: readonly string[]
}

export function labelOf(step: Pick<Step, 'kind' | 'phase'>): Label {
  switch (step.kind) {
    case 'check':
      return step.phase === 'before' ? 'check' : 'verify'
    case 'confirm':
    case 'verify':
      return 'verify'
    // What lies in the archive is a part of unpacking it.
    case 'manifest':
      return step.phase === 'before' ? 'unpack' : 'verify'
    case 'backup':
    case 'keep-folder':
      return 'back up'
    case 'copy-backup':
      return 'copy backup'
    case 'carry':
      return 'carry over'
    case 'sync':
      return 'flush'
    case 'rehome':
      return 'prepare'
    case 'link':
      // A slot that nobody gets yet.
      if (step.phase === 'before') return 'write'
      return step.phase === 'cleanup' ? 'tidy up' : 'switch'
    case 'rename':
    case 'files':
    case 'git-checkout':
    case 'switch':
      return step.phase === 'cleanup' ? 'tidy up' : 'switch'
    case 'remove':
    case 'prune-backups':
    case 'prune-images':
      return 'tidy up'
    case 'revive':
    case 'protect':
    case 'trial':
    case 'bring-back':
      return 'safeguard'
    case 'fetch-files':
      return 'download'
    case 'tree-diff':
      return 'compare'
    case 'gather-files':
      return 'carry over'
    case 'git-fetch':
      return 'fetch'
    case 'git-worktree':
      return step.phase === 'cleanup' ? 'tidy up' : 'unpack'
    case 'pull':
    case 'tag':
    case 'download':
    case 'unpack':
    case 'prepare':
    case 'migrate':
    case 'restore':
    case 'stop':
    case 'start':
    case 'write':
    case 'edit':
    case 'guard':
    case 'soak':
      return step.kind
    case 'slot-start':
      return 'start'
    case 'warm-up':
      return 'warm up'
    case 'retire':
      return 'drain'
    case 'hold':
      return 'hold'
    case 'release':
      return 'let in'
    case 'unguard':
      return 'guard'
    case 'mkdir':
      return 'make folder'
  }
}

/** The commit lies between two rows, never inside one. */
export function rowsOf(plan: Plan): readonly Row[] {
  const rows: Row[] = []
  for (const [index, step] of [...plan.steps, ...plan.back].entries()) {
    const label = labelOf(step)
    const last = rows.at(-1)
    const apart = index === plan.commitAfter + 1 || index === plan.steps.length
    if (last === undefined || apart || last.label !== label || last.phase !== step.phase) {
      const down = step.phase === 'stopped' || step.kind === 'start'
      rows.push({ label, phase: step.phase, down, steps: [index], details: step.detail === '' ? [] : [step.detail] })
    } else {
      const details =
        step.detail === '' || last.details.includes(step.detail) ? last.details : [...last.details, step.detail]
      rows[rows.length - 1] = { ...last, steps: [...last.steps, index], details }
    }
  }
  return rows
}

/** The rows of the run itself, without the checks of the way back. */
export function forwardRows(plan: Plan): readonly Row[] {
  return rowsOf(plan).filter((row) => (row.steps[0] ?? 0) < plan.steps.length)
}
