import type { Spec } from '../../model/names.ts'
import type { StepBase } from './base.ts'

/** Data of an application: its backups, and the commands that change it. */

/** A backup as a place on disk: `dir` is created by the step and holds the data and `backup.json`. */
export interface BackupRef {
  readonly component: string
  readonly data: Spec
  readonly dir: string
}

/** `aside`: where the present data goes before the backup's copy takes its place. */
export interface RestoreRef {
  readonly backup: BackupRef
  readonly aside: string
  /** Where the present data is kept, for people, when that is not in `aside` itself. */
  readonly kept?: string
}

export interface BackupStep extends StepBase {
  readonly kind: 'backup'
  readonly backup: BackupRef
  /** The version whose data it is. */
  readonly version: string | null
  readonly copies: readonly string[]
}

export interface RestoreStep extends StepBase {
  readonly kind: 'restore'
  readonly restore: RestoreRef
}

export interface CommandStep extends StepBase {
  readonly kind: 'prepare' | 'migrate'
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly user: string | null
  readonly timeoutMs: number
  /** For `migrate`: the backups taken after the stop; `undo` restores them and keeps the data as it was then aside. */
  readonly restore: readonly RestoreRef[]
  /** For `migrate`: the version before can go on with what it leaves, and did when it ran. */
  readonly expands?: boolean
}

/** Nothing forward. Its undo restores the backups taken after the stop: a new version may change data at its start. */
export interface ProtectStep extends StepBase {
  readonly kind: 'protect'
  readonly restore: readonly RestoreRef[]
}

/** Applies the retention of backups of one component. */
export interface PruneBackupsStep extends StepBase {
  readonly kind: 'prune-backups'
  readonly component: string
  readonly places: readonly string[]
  readonly keep: number
  /** Older ones go, too; absent or null: however old. */
  readonly keepForMs?: number | null
  /** Kinds that keep something outside of `aside` take it away when that goes; absent: none does. */
  readonly data?: readonly Spec[]
}

/** Further copies of a backup that could not be made while everything waited for it. */
export interface CopyBackupStep extends StepBase {
  readonly kind: 'copy-backup'
  readonly backup: BackupRef
  readonly copies: readonly string[]
}
