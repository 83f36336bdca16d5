import type { ResourceName } from '../core/model/names.ts'

export interface LockHolder {
  /** 0: it has not said who it is. */
  readonly pid: number
  readonly user: string
  readonly why: string
  /** ISO 8601. */
  readonly since: string
}

/**
 * Exclusive locks that die with their holder, also by SIGKILL.
 * `acquire` does not wait: it fails with E_LOCKED, whose facts are the holder. Give several names sorted; all or none.
 */
export interface Locks {
  acquire(names: readonly ResourceName[], why: string): Promise<HeldLocks>
  holder(name: ResourceName): Promise<LockHolder | null>
}

export interface HeldLocks {
  release(): void
}
