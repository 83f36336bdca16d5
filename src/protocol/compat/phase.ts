import type { RunPhase } from '../../core/run/phase.ts'

/** The words of the enterprise updater's states; also the `phase` of `updater_progress`. */
export const compatPhases = [
  'idle',
  'checking',
  'backing_up',
  'downloading',
  'applying',
  'verifying',
  'success',
  'failed',
] as const
export type CompatPhase = (typeof compatPhases)[number]

/**
 * The state of a run in those words. A run on its way back is still at work: who hears `failed` stops looking, and would
 * begin anew while it is not over.
 */
export function compatPhase(phase: RunPhase): CompatPhase {
  switch (phase) {
    case 'checking':
    case 'backing_up':
    case 'downloading':
    case 'applying':
    case 'verifying':
      return phase
    case 'soaking':
      return 'verifying'
    case 'rolling_back':
      return 'applying'
    case 'succeeded':
      return 'success'
    case 'rolled_back':
    case 'failed':
    case 'stuck':
      return 'failed'
  }
}
