import type { Spec } from '../../model/names.ts'

/** What steps of several subjects have in common. */

/** `before`: while the old version runs. `stopped`: inside the outage. `after`: the new one runs, not yet committed. */
export type Phase = 'before' | 'stopped' | 'after' | 'cleanup' | 'back'

/** A service and what its adapter needs to find it. `cwd`: where a `process` service runs. */
export interface ServiceRef {
  readonly component: string
  readonly spec: Spec
  readonly cwd: string
  readonly user: string | null
}

/** How to read the installed version: `spec.type` is file, command, http, package or none; `dir` the tree it is read in. */
export interface ProbeRef {
  readonly component: string
  readonly spec: Spec
  readonly dir: string
  readonly user: string | null
  readonly scheme: string
}

export interface StepBase {
  readonly phase: Phase
  /** One short phrase for people: a file name, a path, a unit. English, no secrets. */
  readonly detail: string
}
