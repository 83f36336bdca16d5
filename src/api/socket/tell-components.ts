import type { CheckReport, StatusReport } from '../../ports/engine.ts'
import type { SocketBody } from '../../protocol/ws/messages.ts'

/** What is known of a component: what stands, and what its last check said; null: it was never checked. */
export interface Known {
  readonly status: StatusReport
  readonly check: CheckReport | null
}

type Checked = SocketBody<'update_check_result'>['components'][string]
type DeviceComponent = SocketBody<'system_info'>['dunebugger_components'][number]

export function checkedOf(report: CheckReport): Checked {
  const { current, latest, update_available, release_notes, last_checked, held, relation, error } = report
  return { current, latest, update_available, release_notes, last_checked, held, relation, error }
}

/** `host` is the device; `now`: ISO 8601. */
export function systemInfoOf(host: string, now: string, all: readonly Known[]): SocketBody<'system_info'> {
  const devices = all.map(deviceComponent)
  return {
    components: Object.fromEntries(all.map((known) => [known.status.component, checkedOf(standing(known))])),
    dunebugger_components: devices,
    system_info: { device_id: host, timestamp: now, dunebugger_components: devices },
  }
}

/** null: there is no update, or not a word of one yet. */
export function offerOf({ status, check }: Known): SocketBody<'update_available'> | null {
  const { component, installed, update_available } = status
  if (!update_available || check === null) return null
  const { latest, release_notes, release_url = null } = check
  return { component, current: installed, latest, release_notes, release_url }
}

/** What a check said goes stale with the next run: what stands now is put over it. */
function standing({ status, check }: Known): CheckReport {
  const { installed, available, update_available, last_checked, held } = status
  return {
    latest: available,
    release_notes: null,
    last_checked,
    relation: 'unknown',
    error: null,
    ...check,
    ...(update_available || check?.update_available !== true ? {} : { relation: 'current' }),
    current: installed,
    update_available,
    held,
  }
}

function deviceComponent(known: Known): DeviceComponent {
  const { component, installed, service } = known.status
  const { latest, update_available, last_checked, release_notes, error } = standing(known)
  const version = installed ?? 'unknown'
  return {
    name: component,
    state: service === null ? 'unknown' : service.running ? 'running' : 'not_responding',
    running: service?.running === true,
    version,
    // A newer version than the published one is no reason to offer that: the browser compares for equality alone.
    last_available_version: update_available ? latest : last_checked === null || error !== null ? null : version,
    current_version: version,
    latest_version: latest,
    update_available,
    last_checked,
    release_notes,
    release_url: known.check?.release_url ?? null,
  }
}
