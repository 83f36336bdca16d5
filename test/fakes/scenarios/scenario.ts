import { createHash } from 'node:crypto'
import { digestSchema } from '../../../src/core/model/names.ts'
import type { StepKind, StepOf } from '../../../src/core/plan/step.ts'
import type { StepRoom } from '../steps.ts'

export type Fields<K extends StepKind> = Omit<StepOf<K>, 'kind' | 'phase' | 'detail'>

/** What the contract of handlers is tried on, for each kind. `srv/` is what a step changes. */
export interface Scenario<K extends StepKind> {
  readonly prepare?: (here: StepRoom) => Promise<unknown>
  /** What it is applied to, without kind, phase and words. */
  readonly step: (here: StepRoom) => Fields<K>
  /** What `observe` says before and after `apply`: what a question alone cannot tell is always absent. */
  readonly observed: readonly ['absent' | 'present', 'absent' | 'present']
  /** `nothing`: what it did lies in what another step takes away, or is not to be undone. */
  readonly undoes: 'all' | 'nothing'
  /** Where it is not the tree that changes. */
  readonly seen?: (here: StepRoom) => Promise<unknown>
}

export type Scenarios<K extends StepKind> = { readonly [Kind in K]: Scenario<Kind> }

/** What a server of releases gives. */
export const releaseBytes = Buffer.from('the release')
export const releaseDigest = digestSchema.parse(`sha256:${createHash('sha256').update(releaseBytes).digest('hex')}`)
