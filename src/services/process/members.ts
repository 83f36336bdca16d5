import { type ProcessInfo, bootId, findMembers, processInfo } from '../../host/process/find.ts'
import { type ProcessRecord, type ServiceFolder, readRecord } from './record.ts'

/** What of a service is alive. `dead`: it was started in this boot and ended without being told to. */
export interface Found {
  readonly leader: ProcessInfo | null
  readonly dead: boolean
  readonly record: ProcessRecord | null
  /** What carries the marker, where it had to be looked for; null when the record told enough. */
  readonly marked: readonly ProcessInfo[] | null
}

function recorded(record: ProcessRecord): ProcessInfo | null {
  const info = processInfo(record.pid)
  return info !== null && info.startTicks === record.startTicks ? info : null
}

/**
 * The record of this boot decides: alive, dead or stopped. Without one (belay died between starting and writing it) the marker
 * does: the service leads its own session, and what it started inherits the marker but is younger or leads none.
 */
export function findService(folder: ServiceFolder): Found {
  const record = readRecord(folder)
  if (record === 'stopped') return { leader: null, dead: false, record: null, marked: [] }
  if (record !== null && record.bootId === bootId()) {
    const leader = recorded(record)
    return { leader, dead: leader === null && record.ending !== true, record, marked: null }
  }
  const marked = findMembers(`${folder.markerName}=${folder.markerValue}`, null)
  const leader = marked.find((info) => info.session === info.pid) ?? null
  return { leader, dead: record !== null && leader === null, record: null, marked }
}

/**
 * Every process of the service: those in the leader's session and those that carry the marker elsewhere. A session id
 * is the pid of its leader: when another process has that pid now, the session is another one too.
 */
export function membersOf(folder: ServiceFolder, leader: ProcessInfo | null): readonly ProcessInfo[] {
  const holder = leader === null ? null : processInfo(leader.pid)
  const session = holder === null || holder.startTicks === leader?.startTicks ? (leader?.pid ?? null) : null
  return findMembers(`${folder.markerName}=${folder.markerValue}`, session)
}
