import { BelayError, problemOf } from '../core/model/problem.ts'
import { copyBackup, pruneBackups } from '../host/backup-record.ts'
import { removeTree } from '../host/tree/remove.ts'
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
      const failed: string[] = []
      for (const place of copies) {
        // A further copy elsewhere is a comfort, not the way back: it can only warn.
        await copyBackup(backup.dir, place, backup.component).catch((error: unknown) =>
          failed.push(`${place}: ${problemOf(error).message}`),
        )
      }
      return {
        dir: backup.dir,
        bytes: record.bytes,
        files: record.files,
        ...(failed.length > 0 ? { warnings: failed } : {}),
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

export function pruneBackupsHandler(): StepHandler<'prune-backups'> {
  return {
    async apply(step) {
      const removed: string[] = []
      for (const place of step.places) removed.push(...(await pruneBackups(place, step.component, step.keep)))
      return { removed }
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}
