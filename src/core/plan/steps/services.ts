import type { Spec } from '../../model/names.ts'
import type { StepBase, ProbeRef, ServiceRef } from './base.ts'

/** Services and what is asked of them. */

export interface CheckStep extends StepBase {
  readonly kind: 'check'
  readonly check: Spec
  readonly service: ServiceRef | null
  readonly probe: ProbeRef | null
  readonly expectedVersion: string | null
  /** Folders that must be writable or have room, for `permissions` and `disk_space`. */
  readonly paths: readonly string[]
  readonly needBytes: number
  readonly wayBack: WayBackRef
}

/** Where `backup_exists` looks: places of backups, and trees that are kept to go back to. */
export interface WayBackRef {
  readonly component: string
  readonly places: readonly string[]
  readonly trees: readonly string[]
}

export interface ServiceStep extends StepBase {
  readonly kind: 'stop' | 'start'
  readonly service: ServiceRef
  /** What it was before the run: a service that was down is not started by an undo. */
  readonly wasRunning: boolean
}

/** Installs (or takes away again) `belay-resume.service` and the unit's drop-in, so that nothing starts on a half-switched tree. */
export interface GuardStep extends StepBase {
  readonly kind: 'guard' | 'unguard'
  readonly service: ServiceRef
}

export interface SoakStep extends StepBase {
  readonly kind: 'soak'
  readonly ms: number
}

/** Nothing forward. Its undo starts again what ran before: for a `start` that replaces what runs by itself. */
export interface ReviveStep extends StepBase {
  readonly kind: 'revive'
  readonly service: ServiceRef
  readonly wasRunning: boolean
}
