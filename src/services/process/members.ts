import {
  type ProcessInfo,
  allProcesses,
  bootId,
  findByEnvironment,
  lineage,
  processInfo,
} from '../../host/process/find.ts'
import { type ProcessRecord, type ServiceFolder, readRecord } from './record.ts'

/** What of a service is alive. `dead`: it was started in this boot and ended by itself. */
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
 * The record of this boot decides, alive or dead. Without one (belay died between starting and writing it) the marker
 * does: the service leads its own session, and what it started inherits the marker but is younger or leads none.
 */
export async function findService(folder: ServiceFolder): Promise<Found> {
  const record = await readRecord(folder)
  if (record !== null && record.bootId === bootId()) {
    const leader = recorded(record)
    return { leader, dead: leader === null, record, marked: null }
  }
  const marked = findByEnvironment(`${folder.markerName}=${folder.markerValue}`)
  const leader = marked.find((info) => info.session === info.pid) ?? null
  return { leader, dead: record !== null && leader === null, record: null, marked }
}

/**
 * Every process of the service: those in the leader's session and those that carry the marker elsewhere. A session id
 * is the pid of its leader: when another process has that pid now, the session is another one too.
 */
export function membersOf(folder: ServiceFolder, leader: ProcessInfo | null): readonly ProcessInfo[] {
  const members = new Map(
    findByEnvironment(`${folder.markerName}=${folder.markerValue}`).map((info) => [info.pid, info] as const),
  )
  const holder = leader === null ? null : processInfo(leader.pid)
  if (leader !== null && (holder === null || holder.startTicks === leader.startTicks)) {
    const own = lineage()
    for (const info of allProcesses()) {
      if (info.session === leader.pid && !own.has(info.pid)) members.set(info.pid, info)
    }
  }
  return [...members.values()]
}
