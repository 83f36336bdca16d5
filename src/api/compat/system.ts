import type { z } from 'zod'
import { BelayError, problem } from '../../core/model/problem.ts'
import { problemCodes } from '../../core/model/codes.ts'
import type { CheckReport, StatusReport } from '../../ports/engine.ts'
import type {
  latestVersionSchema,
  systemCheckSchema,
  systemHealthSchema,
  systemVersionSchema,
} from '../../protocol/compat/system.ts'

/** The CRM's frontends show the version as text. */
export const unknownVersion = 'unknown'

export function systemVersion(status: StatusReport, buildDate: string | null): z.infer<typeof systemVersionSchema> {
  const { installed, service } = status
  return {
    version: installed ?? unknownVersion,
    build_date: buildDate,
    status: service?.running === false ? 'stopped' : 'running',
  }
}

/** `now`: ISO 8601. */
export function systemHealth(status: StatusReport, now: string): z.infer<typeof systemHealthSchema> {
  const { installed, service, last_run } = status
  const well = installed !== null && service?.running !== false && last_run?.outcome !== 'stuck'
  return { status: well ? 'healthy' : 'unhealthy', version: installed ?? unknownVersion, timestamp: now }
}

export function systemCheck(report: CheckReport): z.infer<typeof systemCheckSchema> {
  const { current, latest, last_checked, update_available, release_notes } = answered(report)
  return {
    current_version: current ?? unknownVersion,
    last_check: last_checked,
    latest_version: latest,
    update_available,
    release_notes,
    download_url: report.download_url ?? report.release_url ?? null,
  }
}

/** null: the source offers none. */
export function latestVersion(report: CheckReport): z.infer<typeof latestVersionSchema> | null {
  const { latest, release_notes } = answered(report)
  if (latest === null) return null
  return {
    version: latest,
    release_date: report.release_date?.slice(0, 'YYYY-MM-DD'.length) ?? null,
    release_notes: release_notes ?? '',
    download_url: report.download_url ?? report.release_url ?? null,
  }
}

/** A source that did not answer is an error here, as it is everywhere: never "up to date". */
export function answered(report: CheckReport): CheckReport {
  const { error } = report
  if (error === null) return report
  const code = problemCodes.find((known) => known === error.code) ?? 'E_INTERNAL'
  throw new BelayError(problem(code, error.message, { hint: error.hint }))
}
