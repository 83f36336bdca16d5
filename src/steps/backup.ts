import { BelayError, problemOf } from '../core/model/problem.ts'
import type { BackupRef } from '../core/plan/step.ts'
import { copyBackup, pruneBackups } from '../host/backup-record.ts'
import { removeTree } from '../host/tree/remove.ts'
import { discardBy } from '../ports/adapters.ts'
import type { StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** A backup that cannot be made stops the update; one that was made stays, also when the run fails. */
export function backupHandler({ adapters }: StepPorts): StepHandler<'backup'> {
  return {
    async apply(step, { run, signal }) {
      const { backup, copies } = step
      const record = await (await adapters.backup(backup.data)).create({
        ref: backup,
        version: step.version,
        run,
        signal,
      })
      const warnings = [...(record.notes ?? []), ...(await copyAll(backup, copies))]
      return {
        dir: backup.dir,
        bytes: record.bytes,
        files: record.files,
        ...(warnings.length > 0 ? { warnings } : {}),
      }
    },
    async observe(step, { signal }) {
      signal.throwIfAborted()
      try {
        await (await adapters.backup(step.backup.data)).verify(step.backup)
        return 'present'
      } catch (error) {
        if (error instanceof BelayError) return 'absent'
        throw error
      }
    },
    async undo(step) {
      await removeTree(`${step.backup.dir}.partial`)
    },
  }
}

export function restoreHandler({ adapters }: StepPorts): StepHandler<'restore'> {
  return {
    async apply({ restore }, { signal }) {
      await (await adapters.backup(restore.backup.data)).restore(restore, signal)
      return { from: restore.backup.dir, aside: restore.aside }
    },
    observe: async () => 'absent',
    async undo({ restore }, { signal }) {
      await (await adapters.backup(restore.backup.data)).unrestore(restore, signal)
    },
  }
}

/** Where a copy is already it is not made again. */
export function copyBackupHandler(): StepHandler<'copy-backup'> {
  return {
    async apply({ backup, copies }) {
      const warnings = await copyAll(backup, copies)
      return warnings.length > 0 ? { warnings } : {}
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

/** A further copy elsewhere is a comfort, not the way back: it can only warn. Gives what failed. */
async function copyAll(backup: BackupRef, copies: readonly string[]): Promise<string[]> {
  const failed: string[] = []
  for (const place of copies) {
    await copyBackup(backup.dir, place, backup.component).catch((error: unknown) =>
      failed.push(`No copy of the backup in ${place}: ${problemOf(error).message}`),
    )
  }
  return failed
}

export function pruneBackupsHandler({ adapters }: StepPorts): StepHandler<'prune-backups'> {
  return {
    async apply({ places, component, keep, keepForMs = null, data = [] }, { signal }) {
      const discard = discardBy(adapters, data, signal)
      const [removed, warnings]: [string[], string[]] = [[], []]
      for (const place of places) {
        const pruned = await pruneBackups(place, component, { keep, keepForMs }, discard)
        removed.push(...pruned.removed)
        warnings.push(...pruned.failed.map((what) => `Not removed: ${what}`))
      }
      return { removed, ...(warnings.length > 0 ? { warnings } : {}) }
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}
