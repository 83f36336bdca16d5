import type { z } from 'zod'
import type { BackupItem, CheckReport, StatusReport, VersionItem } from '../../ports/engine.ts'
import type {
  applianceBackupsSchema,
  applianceCheckSchema,
  applianceRunSchema,
  applianceStatusSchema,
} from '../../protocol/compat/enterprise.ts'
import { outcomeText } from '../socket/tell-run.ts'
import type { Followed } from './run.ts'
import { answered } from './system.ts'

type Commit = z.infer<typeof applianceStatusSchema>['recent_commits'][number]

export function applianceCheck(report: CheckReport): z.infer<typeof applianceCheckSchema> {
  const { current, latest, update_available, last_checked } = answered(report)
  return {
    update_available,
    current_version: current,
    latest_version: latest,
    update_info: offered(report),
    last_check: last_checked,
  }
}

export function applianceStatus(
  status: StatusReport,
  check: CheckReport | null,
  path: string | null,
  backups: number,
  versions: readonly VersionItem[],
): z.infer<typeof applianceStatusSchema> {
  const { installed, update_available, last_checked } = status
  return {
    repo_path: path,
    current_commit: installed,
    update_available,
    update_info: update_available && check !== null ? offered(check) : null,
    last_check: last_checked,
    backups,
    recent_commits: versions.map(commitOf),
  }
}

/** Nobody who asks has a use for the author's name here, and no source but git has one. */
export function commitOf({ version, title, date }: VersionItem): Commit {
  return { sha: version, message: title, author: null, date }
}

/** Each names a state that one can go back to: the version that was there when it was made. */
export function applianceBackups(items: readonly BackupItem[]): z.infer<typeof applianceBackupsSchema> {
  return {
    backups: items.map(({ id, place, created, bytes }) => ({ name: id, path: place, date: created, size: bytes })),
  }
}

export function applianceRun(followed: Followed): z.infer<typeof applianceRunSchema> {
  if (followed.kind === 'current') {
    const message = outcomeText(followed.report)
    return { ...untouched, success: false, message, run: null }
  }
  const { run, ended } = followed
  if (ended === null)
    return { ...untouched, success: true, message: `It takes longer. See the page: /runs/${run}`, run }
  const success = ended.outcome === 'committed'
  const attempted = ended.steps.some(
    ({ kind, state }) => (kind === 'start' || kind === 'revive') && state !== 'skipped',
  )
  const dir = ended.steps.find(({ kind, state }) => kind === 'backup' && state === 'done')?.facts['dir']
  return {
    success,
    message: outcomeText(ended),
    backup_path: typeof dir === 'string' ? dir : null,
    restart_required: ended.restart_required,
    restart_attempted: attempted,
    restart_success: attempted ? success : null,
    run,
  }
}

const untouched = { backup_path: null, restart_required: false, restart_attempted: false, restart_success: null }

function offered(report: CheckReport): Commit | null {
  const { update_available, latest, release_notes, release_date = null } = report
  if (!update_available || latest === null) return null
  return { sha: latest, message: release_notes?.split('\n', 1)[0] ?? null, author: null, date: release_date }
}
