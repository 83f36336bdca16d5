import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs'

/** A process as /proc shows it. `startTicks` (since boot) with the pid names it: a recycled pid has another. */
export interface ProcessInfo {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  readonly startTicks: number
}

/** Linux gives user space 100 ticks a second on every architecture that it runs on. */
const tickMs = 10
const environBytesMax = 1024 * 1024

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

/**
 * A line of /proc/PID/stat, null for what has ended, or nonsense. The name may hold spaces and `)`: fields count from the last one.
 * One whose first thread is a zombie has not ended while it has others: they still hold its files, its port among them.
 */
export function parseStat(text: string): ProcessInfo | null {
  const close = text.lastIndexOf(')')
  const pid = Number.parseInt(text, 10)
  const fields = text.slice(close + 2).split(' ')
  const state = fields[0] ?? ''
  const [parent, group, session, threads, startTicks] = [1, 2, 3, 17, 19].map((at) => Number(fields[at]))
  const ended = state === 'X' || (state === 'Z' && (threads ?? 0) <= 1)
  if (close < 0 || Number.isNaN(pid) || ended) return null
  if (parent === undefined || group === undefined || session === undefined || startTicks === undefined) return null
  return Number.isNaN(startTicks) ? null : { pid, parent, group, session, startTicks }
}

/** null: there is no such process, or it has ended and only waits to be reaped. */
export function processInfo(pid: number): ProcessInfo | null {
  const text = read(`/proc/${pid}/stat`)
  return text === null ? null : parseStat(text)
}

/** The environment that a process was started with; empty when it may not be read. */
function hasInEnvironment(pid: number, assignment: string): boolean {
  const text = read(`/proc/${pid}/environ`)
  return text !== null && `\0${text.slice(0, environBytesMax)}\0`.includes(`\0${assignment}\0`)
}

/** This process and those that started it: never taken for members of something to be ended. */
export function lineage(): ReadonlySet<number> {
  const pids = new Set([process.pid])
  for (let at = processInfo(process.pid); at !== null && !pids.has(at.parent); at = processInfo(at.parent)) {
    pids.add(at.parent)
  }
  return pids
}

/**
 * Every process whose initial environment holds `NAME=value`, or that belongs to `session`; oldest first, never this one
 * or its parents. One look at /proc: it is taken inside an outage.
 */
export function findMembers(assignment: string, session: number | null): readonly ProcessInfo[] {
  const own = lineage()
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const members = pids.map(Number).flatMap((pid) => {
    if (own.has(pid)) return []
    // Without a session to look for, the environment alone is read: most processes have none, or not this one.
    if (session === null && !hasInEnvironment(pid, assignment)) return []
    const info = processInfo(pid)
    if (info === null) return []
    return session === null || info.session === session || hasInEnvironment(pid, assignment) ? [info] : []
  })
  return members.toSorted((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)
}

/** Where a process stands, with every link resolved; ` (deleted)` is kept when the folder is gone. null: not readable. */
export function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}

export function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return null
  }
}

/** Milliseconds that a process has been running. */
export function ageMs(info: ProcessInfo): number {
  const uptime = Number.parseFloat(read('/proc/uptime') ?? '0')
  return Math.max(0, Math.round(uptime * 1000 - info.startTicks * tickMs))
}

/** Tells one boot of the host from another; `unknown` where there is no /proc. */
export function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown'
}

function signalTo(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal)
  } catch {
    // It ended meanwhile, or it is not ours: whoever waits for its end will see which.
    return false
  }
}

/** Sends a signal to every process of a group. Group 0 would be our own, and 1 everything: both are refused. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  return group > 1 && signalTo(-group, signal)
}

export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  return pid > 1 && signalTo(pid, signal)
}
