import { useChange } from '../../app/change.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/backups.de.ts'
import { en } from '../../i18n/backups.en.ts'
import { Notice } from '../../ui/Badge.tsx'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { type BackupItem, createBackup, pruneBackups } from './queries.ts'

/** What of a host a backup brings back, in words. */
export function useWhat(): (backup: BackupItem) => string {
  const t = useTexts({ en, de })
  return ({ kind, source }) => t.kinds[kind]?.(source) ?? t.other(kind, source)
}

interface ComponentDialogProps {
  readonly component: string
  readonly onClose: () => void
}

export function CreateBackup({ component, onClose }: ComponentDialogProps) {
  const t = useTexts({ en, de })
  const api = useApi()
  const create = useChange({
    work: async () => createBackup(api, component),
    stale: ['backups', 'audit'],
    said: () => null,
    done: () => {},
  })
  const made = create.data
  return (
    <FormDialog
      open
      onClose={onClose}
      title={t.createOf(component)}
      description={t.createHint}
      action={t.create}
      busy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate(undefined)}
    >
      {made === undefined ? null : (
        <Notice tone={made === 0 ? 'warn' : 'good'} live title={made === 0 ? t.createdNone : t.created(made)} />
      )}
    </FormDialog>
  )
}

export function PruneBackups({ component, onClose }: ComponentDialogProps) {
  const t = useTexts({ en, de })
  const api = useApi()
  const prune = useChange({
    work: async () => pruneBackups(api, component),
    stale: ['backups', 'audit'],
    said: () => null,
    done: () => {},
  })
  return (
    <FormDialog
      open
      danger
      onClose={onClose}
      title={t.pruneOf(component)}
      description={t.pruneHint}
      action={t.pruneAction}
      busy={prune.isPending}
      error={prune.error}
      onSubmit={() => prune.mutate(undefined)}
    >
      {prune.data === undefined ? null : <Notice tone="good" live title={t.pruned(prune.data)} />}
    </FormDialog>
  )
}
