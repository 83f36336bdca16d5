import type { Decision, Release } from '../core/model/release.ts'
import { relation } from '../core/version/compare.ts'
import type { CheckReport } from '../ports/engine.ts'
import type { Opened } from './component.ts'

/** What was decided on what a source offers, as `check` and `status` tell it. */
export function reportDecision(
  current: string | null,
  decision: Decision,
  checkedAt: string,
  opened: Opened,
): CheckReport {
  const release: Release | null = decision.kind === 'current' ? decision.latest : decision.release
  const known = relation(current, release?.version ?? null, opened.settings.version.scheme)
  return {
    current,
    latest: release?.version ?? null,
    update_available: decision.kind !== 'current',
    release_notes: release?.notes ?? null,
    ...aboutRelease(release),
    last_checked: checkedAt,
    held: decision.kind === 'held' ? decision.by : null,
    relation:
      decision.kind === 'current'
        ? decision.relation
        : known === 'unknown' && opened.installed.tree === null
          ? 'older'
          : known,
    error: null,
  }
}

function aboutRelease(release: Release | null): Pick<CheckReport, 'release_url' | 'release_date' | 'download_url'> {
  if (release === null) return {}
  const { url, publishedAt, artifact } = release
  return {
    ...(url === null ? {} : { release_url: url }),
    ...(publishedAt === null ? {} : { release_date: publishedAt }),
    ...(artifact !== null && /^https?:/.test(artifact.url) ? { download_url: artifact.url } : {}),
  }
}
