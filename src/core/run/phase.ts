import type { StepKind } from '../plan/step.ts'
import type { RunState } from './fold.ts'

export type RunPhase =
  | 'checking'
  | 'backing_up'
  | 'downloading'
  | 'applying'
  | 'verifying'
  | 'soaking'
  | 'succeeded'
  | 'rolling_back'
  | 'rolled_back'
  | 'failed'
  | 'stuck'

const phaseOfKind: { readonly [K in StepKind]: RunPhase } = {
  check: 'checking',
  download: 'downloading',
  unpack: 'applying',
  carry: 'applying',
  prepare: 'applying',
  migrate: 'applying',
  backup: 'backing_up',
  restore: 'applying',
  sync: 'applying',
  rehome: 'applying',
  'keep-folder': 'backing_up',
  'bring-back': 'applying',
  stop: 'applying',
  start: 'applying',
  link: 'applying',
  rename: 'applying',
  write: 'applying',
  mkdir: 'applying',
  guard: 'applying',
  unguard: 'applying',
  soak: 'soaking',
  remove: 'succeeded',
  'prune-backups': 'succeeded',
  'copy-backup': 'succeeded',
  pull: 'downloading',
  tag: 'applying',
  edit: 'applying',
  revive: 'applying',
  protect: 'applying',
  'prune-images': 'succeeded',
  'git-fetch': 'downloading',
  'git-worktree': 'applying',
  'git-checkout': 'applying',
  'fetch-files': 'downloading',
  'gather-files': 'applying',
  files: 'applying',
  'tree-diff': 'applying',
  trial: 'applying',
  confirm: 'verifying',
  manifest: 'verifying',
  'slot-start': 'applying',
  'warm-up': 'applying',
  switch: 'applying',
  verify: 'verifying',
  retire: 'succeeded',
  hold: 'applying',
  release: 'applying',
}

/** The state a person sees (the whisper document's words, plus the truthful ones). */
export function phaseOf(state: RunState): RunPhase {
  switch (state.closed) {
    case 'committed':
      return 'succeeded'
    case 'rolled-back':
      return 'rolled_back'
    case 'failed':
      return 'failed'
    case 'stuck':
      return 'stuck'
    case null:
      return state.direction === 'back' ? 'rolling_back' : underWay(state)
  }
}

function underWay(state: RunState): RunPhase {
  const { steps } = state.plan
  const step = steps.find((_, i) => !['done', 'skipped'].includes(state.records[i]?.progress ?? 'pending'))
  if (step === undefined) return 'succeeded'
  if (step.kind === 'check' && step.phase !== 'before') return 'verifying'
  if (step.phase === 'cleanup') return 'succeeded'
  return step.kind === 'remove' ? 'applying' : phaseOfKind[step.kind]
}
