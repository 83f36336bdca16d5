import type { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import type { CheckReport, Notification } from '../../ports/engine.ts'
import type {
  helpdeskCheckSchema,
  helpdeskHistorySchema,
  helpdeskInstallSchema,
} from '../../protocol/compat/helpdesk.ts'
import { outcomeText } from '../socket/tell-run.ts'
import type { Followed } from './run.ts'

type Installed = z.infer<typeof helpdeskInstallSchema>

/** `offer`: the record of what was found; null: there is none. */
export function helpdeskCheck(
  report: CheckReport,
  source: Spec,
  offer: Notification | null,
): z.infer<typeof helpdeskCheckSchema> {
  const { last_checked, update_available, error } = report
  const found = error === null && update_available
  const paths = found ? (report.files ?? []).map(({ path }) => path) : []
  // Which hash a source has of a file is its own affair, and nothing is compared with it.
  const file = { local_hash: null, github_hash: null, timestamp: last_checked }
  return {
    has_updates: found,
    updates: Object.fromEntries(paths.map((path) => [path, file])),
    file_count: paths.length,
    checked_at: last_checked,
    branch: textOf(source['branch'] ?? source['ref']),
    repo: textOf(source['repo'] ?? source['url']),
    notification_id: found ? (offer?.id ?? null) : null,
    error: error === null ? null : error.message,
  }
}

/** `files`: what the update touches, as its record says; `now`: ISO 8601. */
export function helpdeskInstall(followed: Followed, files: readonly string[], now: string): Installed {
  if (followed.kind === 'current') return upToDate(outcomeText(followed.report), now)
  const { run, ended } = followed
  if (ended === null) {
    return { ...nothing(now), status: 'started', message: `It takes longer. See the page: /runs/${run}`, run }
  }
  const success = ended.outcome === 'committed'
  const [done, failed] = success ? [files, []] : [[], files]
  return {
    status: success ? 'success' : 'error',
    message: outcomeText(ended),
    success_count: done.length,
    failed_count: failed.length,
    results: { success: done, failed, skipped: [], timestamp: ended.closed ?? now },
    run,
  }
}

export function alreadyInstalled({ version }: Notification, now: string): Installed {
  const message = `This update has already been installed: ${version}`
  return { ...nothing(now), status: 'already_installed', message }
}

function upToDate(message: string, now: string): Installed {
  return { ...nothing(now), status: 'already_up_to_date', message }
}

function nothing(timestamp: string) {
  const results = { success: [], failed: [], skipped: [], timestamp }
  return { success_count: 0, failed_count: 0, results, run: null }
}

export function helpdeskHistory(notifications: readonly Notification[]): z.infer<typeof helpdeskHistorySchema> {
  return {
    notifications,
    total_updates: notifications.length,
    installed_updates: notifications.filter(({ installed }) => installed).length,
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
