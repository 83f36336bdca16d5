import type { Tone } from '../../ui/Badge.tsx'
import type { RunItem } from '../../api/types.ts'
import type { IconName } from '../../ui/Icon.tsx'

/** How a run that ended so looks, everywhere. */
export const outcomeLooks: Readonly<Record<RunItem['outcome'], { readonly tone: Tone; readonly icon: IconName }>> = {
  committed: { tone: 'good', icon: 'good' },
  'rolled-back': { tone: 'warn', icon: 'back' },
  failed: { tone: 'bad', icon: 'bad' },
  stuck: { tone: 'bad', icon: 'warn' },
  unfinished: { tone: 'info', icon: 'busy' },
}
